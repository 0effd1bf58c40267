/** Score packs at the desk: their versions (desk/versions.js), and beside them the offers that read the scores. */

import { t } from '../lib/i18n.js';
import { list, rowLink, section } from '../lib/ui.js';
import { offerFigures } from './offer_figures.js';
import { figures } from './pack_figures.js';
import { versionViews } from './versions.js';

/** @param {import('./main.js').Desk} desk */
export function packViews(desk) {
  return {
    ...versionViews(desk, {
      name: 'pack',
      own: (key) => `pack.${key}`,
      path: '/operator/v1/packs',
      about: (pack) => [pack.illustrative && t('pack.illustrative'), pack.superseded_by && t('pack.superseded', { code: pack.superseded_by })],
      figures,
      more: section(null, list([rowLink({ href: '#/offers', title: t('offer.title'), text: t('offer.title.more') })])),
    }),
    ...versionViews(desk, {
      name: 'offer',
      own: (key) => `offer.${key}`,
      path: '/operator/v1/offers',
      about: (offer) => [t('offer.from', { points: offer.threshold }), offer.valid_until && t('offer.until', { day: offer.valid_until })],
      figures: offerFigures,
    }),
  };
}
