/** Words of the name card: what it shows, exchanging it, the cards held, the offline card: [Chinese, English]. */

/** @type {Record<string, [string, string]>} */
export const words = {
  'card.title': ['信用名片', 'Name card'],
  'card.lead': ['对方看到的就是下面这张，没有别的。', 'This is exactly what the other side sees.'],
  'card.name': ['姓名', 'Name'],
  'card.nickname': ['昵称', 'Nickname'],
  'card.nickname.hint': ['最多 20 个字，可不填', 'Up to 20 characters, or none'],
  'card.fields': ['展示哪些', 'What it shows'],
  'card.exchange': ['交换名片', 'Exchange cards'],
  'card.exchange.more': ['出示我的码，或输入对方的码', 'Show my code, or enter theirs'],
  'card.cards': ['名片夹', 'Cards that I hold'],
  'card.cards.more': ['别人给我的名片', 'What others gave me'],
  'card.offline': ['离线名片', 'Offline card'],
  'card.offline.more': ['没有网络也能验证', 'Verified without a network'],

  'name.masked': ['隐去中间的字', 'With its middle hidden'],
  'name.full': ['全名', 'In full'],
  'name.nickname': ['昵称', 'Nickname'],

  'field.verified': ['实名标记', 'Verified mark'],
  'field.city': ['城市', 'City'],
  'field.grade': ['信用等级', 'Grade'],
  'field.score': ['确切分数', 'Exact score'],
  'field.volunteer_stars': ['志愿者星级', 'Volunteer stars'],
  'field.blood_donor': ['无偿献血者', 'Blood donor'],
  'field.honours': ['荣誉', 'Honours'],

  'face.verified': ['已实名', 'Real name verified'],
  'face.plain': ['信用名片', 'Name card'],
  'face.score': ['{n} 分', '{n} points'],
  'face.stars': ['志愿者 {n} 星', 'Volunteer, {n} stars'],

  'offline.lead': ['一张有时限的签名名片，任何人用公开的密钥就能验证，不用联网。', 'A signed card with a term; anyone verifies it with the published key, without a network.'],
  'offline.purpose': ['用途', 'Purpose'],

  'purpose.introduction': ['介绍自己', 'Introducing myself'],
  'purpose.credit': ['出示信用等级', 'Showing my credit'],

  'offline.term': ['有效期', 'Term'],
  'offline.minutes': ['5 分钟', '5 minutes'],
  'offline.hour': ['1 小时', '1 hour'],
  'offline.day': ['12 小时', '12 hours'],
  'offline.make': ['生成', 'Make it'],
  'offline.alt': ['离线名片二维码', 'The offline card as a QR picture'],
  'offline.until': ['有效至 {when}', 'Valid until {when}'],
};
