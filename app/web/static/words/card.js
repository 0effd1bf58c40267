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

  'exchange.show': ['出示我的码', 'Show my code'],
  'exchange.enter': ['输入对方的码', 'Enter theirs'],
  'exchange.alt': ['交换名片的二维码', 'The exchange code as a QR picture'],
  'exchange.about': ['一个码只能交换一次。任何一方都可以随时收回，双方的名片一起删除。', 'A code exchanges once. Either side can take it back at any time; both cards then go.'],
  'exchange.code': ['对方的码', 'Their code'],
  'exchange.code.hint': ['16 位字母和数字，空格不影响', '16 letters and digits; spaces do not matter'],
  'exchange.send': ['交换', 'Exchange'],
  'exchange.done': ['已交换名片', 'Cards exchanged'],
  'exchange.received': ['收到的名片', 'What you received'],
  'exchange.given': ['给出的名片', 'What you gave'],
  'exchange.got': ['对方已与您交换名片。', 'Cards were exchanged.'],
  'exchange.look': ['去名片夹看', 'See your cards'],

  'cards.none': ['还没有名片。', 'No cards yet.'],
  'cards.since': ['{when} 收到', 'Received {when}'],
  'cards.remove': ['收回交换', 'Take it back'],

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
