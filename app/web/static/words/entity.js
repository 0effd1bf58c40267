/** Words of legal entities: those for which one speaks, their public records, their card: [Chinese, English]. */

/** @type {Record<string, [string, string]>} */
export const words = {
  'card.entities': ['我代表的机构', 'Entities that I speak for'],
  'card.entities.more': ['公开信息、机构名片', 'Their public facts, and a card of each'],

  'entities.lead': ['登记机关把您登记为这些机构的代表人。它们的情况不影响您的信用分。', 'A register names you as the one who speaks for these. Nothing about them touches your score.'],
  'entities.none': ['没有登记机关把您登记为机构的代表人。', 'No register names you as the one who speaks for an entity.'],
  'entities.about': ['登记信息有误，请向登记机关申请更正；机构的信息不进入您的信用分。', 'If something is wrong here, its register puts it right; nothing of an entity enters your score.'],

  'entity.uscc': ['信用代码', 'Credit code'],
  'entity.kind': ['类型', 'Kind'],
  'entity.status': ['登记状态', 'Status'],
  'entity.city': ['城市', 'City'],
  'entity.established_on': ['成立日期', 'Established'],
  'entity.role': ['我的身份', 'I am its'],
  'entity.source': ['登记机关', 'Registered by'],
  'entity.as_of': ['信息截至', 'As of'],
  'entity.facts': ['登记信息', 'What the register says'],
  'entity.records': ['公开记录', 'Public records'],
  'entity.records.none': ['没有在公示期内的记录。', 'No record is public at present.'],
  'entity.decided': ['{when} 作出', 'Decided {when}'],
  'entity.until': ['自 {when} 起不再公示', 'Shown no more from {when}'],
  'entity.standing': ['长期有效', 'Until further notice'],

  'entity.report': ['机构信用报告', 'Credit report of the entity'],

  'entity.card.lead': ['对方看到的就是下面这张，没有您的姓名。', 'This is exactly what the other side sees; your name is not on it.'],
  'entity.card.none': ['存续的机构才有名片。', 'Only an active entity has a card.'],
  'entity.ticks': ['展示哪些', 'What it shows'],
  'entity.face': ['机构名片', 'Entity card'],
  'entity.shown': ['出示人：{role}', 'Shown by its {role}'],

  'entity_field.uscc': ['统一社会信用代码', 'Unified social credit code'],
  'entity_field.kind': ['类型', 'Kind'],
  'entity_field.city': ['城市', 'City'],
  'entity_field.established_on': ['成立日期', 'Date of establishment'],
  'entity_field.honours': ['表彰荣誉', 'Honours'],
  'entity_field.permits': ['行政许可', 'Permits'],
  'entity_field.role': ['出示人的身份', 'What the one who shows it is'],

  'entity.offline': ['离线机构名片', 'Offline card of it'],
  'entity.offline.lead': ['一小时内有效的签名名片，不用联网就能核验；许可和荣誉放不下。', 'Signed, good for an hour, verified without a network; permits and honours do not fit.'],
  'entity.offline.make': ['生成', 'Make it'],
  'entity.offline.alt': ['离线机构名片二维码', 'The entity\'s offline card as a QR picture'],
};
