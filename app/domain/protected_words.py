"""The vocabulary of `app.domain.protected`: what each attribute that is never scored is usually called."""

from __future__ import annotations

CHINESE: dict[str, str] = {
    "household registration": (
        "户籍 户口 籍贯 落户 入户 户别 户主 迁户 农业户 非农户 农村户 城镇户 居住证 暂住 居住时间 居住年限 居住地 "
        "本地人 外地人 外来人口 流动人口 本市户 新市民 常住人口 城乡身份 居住稳定 居住时长 归属地 农转非 城市居民 "
        "农村居民 市民身份"
    ),
    "origin": "出生地 出生于 常住地 国籍 原籍 祖籍 老家 港澳台 外国人 外来人 外来户 方言",
    "age": (
        "年龄 周岁 岁数 年纪 出生 生日 生肖 属相 星座 退休 老年人口 未成年 高龄 老人 老年 青年 青少年 岁 年满 属虎"
    ),
    "sex": "性别 男性 女性 男女 男士 女士 男生 女生 妇女 性取向 同性恋 跨性别 变性 女 男 同性 双性",
    "ethnicity": (
        "民族 种族 族裔 族别 肤色 汉族 回族 藏族 满族 苗族 壮族 彝族 维吾尔 维族 蒙古族 朝鲜族 哈萨克 少数民族"
    ),
    "religion": ("宗教 信仰 信教 教徒 教会 佛教 道教 基督 天主 伊斯兰 穆斯林 清真 皈依 寺庙 礼拜 祈祷 斋月 寺院 信众"),
    "marriage": "婚 姻 配偶 夫妻 丈夫 妻子 离异 丧偶 单身 伴侣 昏姻 结昏 已昏 未昏 寡居",
    "family": (
        "家庭 家族 家风 家人 家属 子女 儿女 孩子 独生 二孩 三孩 生育 计生 怀孕 孕妇 产假 单亲 孤儿 父母 父亲 母亲 "
        "赡养 抚养 扶养 亲属 直系亲 血缘 家长 妈妈 爸爸 兄弟 姐妹 亲戚 二胎 三胎 小孩 生娃 已育 未育 孕 独居"
    ),
    "health": (
        "健康 病 血型 基因 指纹 人脸 虹膜 体检 体重 身高 就诊 就医 诊断 用药 疫苗 核酸 抑郁 精神障碍 精神科 "
        "心理测评 医保 献血量 艾滋 传染 医院 住院 门诊 吸烟 饮酒 酗酒 肥胖"
    ),
    "disability": "残疾 残障 聋哑 盲人 肢残 智障 失能 智力 残 视障 听障 轮椅 聋 失明 失聪",
    "party membership": "党 入团 团员 团籍 团龄 共青团 政治 政审 统战 中共 群众 支部 团委 组织关系 预备役",
    "education": (
        "学历 学位 文化程度 教育背景 教育程度 教育水平 受教育 毕业 文凭 学籍 学业 大专 本科 硕士 博士 高考 成绩 "
        "绩点 科研资质 学校 学生 大学 研究生 中专 高中 初中 小学 文化水平 文盲 留学 院校 考研 学历"
    ),
    "occupation": (
        "职业 职务 职称 职位 职级 任职 在职 技能等级 资格证 工作单位 工作时间 工作年限 工作居住 工龄 工种 从业 就业 "
        "失业 待业 下岗 雇主 雇佣 雇员 用人单位 用工 农民工 公务员 事业编 考勤 绩效 职员 教师 医生 军人 军官 士兵 "
        "公职 干部 农民 (?<!义)工人 工商户 企业主 股东 高管 上班 技师"
    ),
    "income": (
        "收入 工资 薪 所得税 个税 纳税 社保 社会保险 养老金 养老保险 五险 公积金 缴存 低保 奖金 津贴 流水 特困 五保 "
        "困难户 领取救济 失业金"
    ),
    "assets": (
        "资产 财产 房产 不动产 产权 有房 有车 车产 存款 储蓄 余额 理财 股票 证券 贷 债 借款 按揭 透支 信用卡 花呗 "
        "财富 消费额 消费水平 购买力 净值 富裕 (?:住房|房屋)(?!租赁) 网购 户型 车辆 汽车 车牌 银行卡 "
        "(?<!公益)(?<!慈善)基金(?!会) 支付宝"
    ),
    "social graph": (
        "社交 社会关系 好友 朋友 人脉 人际 亲友 熟人 关系网 关系圈 同乡 老乡 通讯录 联系人 粉丝 圈子 闺蜜 交友 群聊 "
        "邻居关系 同住"
    ),
    "movements": (
        "行踪 轨迹 定位 位置 行程 途经 出入境 出境 航班 车票 住宿记录 入住 移动路线 路线 基站 信令 北斗 (?<!碳)足迹 "
        "步数"
    ),
    "speech": (
        "言论 发言 发帖 帖子 网络文明 网络行为 上网 舆情 评论 转发 微博 抖音 聊天 直播 弹幕 浏览记录 搜索记录 信访 "
        "上访 投诉 短信 通话 电话记录"
    ),
    "criminal records": "刑事 刑法 犯罪 前科 判刑 服刑 刑满 缓刑 吸毒 涉毒 社区矫正 涉案",
    "public-security penalties": "治安 拘留 扣押",
    "civil cases": "民事 诉讼 被执行 限高 原告 被告",
    "taxes": "欠税 税款 税额 偷税 逃税",
    "unpaid bills": "欠费 欠缴 拖欠 逾期 滞纳 催收 断供",
    "examinations": "作弊 考试 考场",
    "running a business": "守法经营 合法经营 经营状况 经营异常",
}
"""What a name in Chinese must not contain."""

ENGLISH: dict[str, str] = {
    "household registration": (
        "hukou huji hujiguanli luohu juzhuzheng jiguan domicil* household* residen* homeaddress migrant* rural* "
        "urbanhousehold hujidi hukouxingzhi juzhu juzhudi localresident*"
    ),
    "origin": (
        "nativeplace birthplace placeofbirth pob nationality nationalities citizenship foreign* immigrant* origin* "
        "outsider* nonlocal* ancestr* bloodline surname*"
    ),
    "age": (
        "age ages aged ageband agegroup birth birthday* birthdate* birthyear dateofbirth dob born elderly senior* "
        "teen* retire* nianling suishu shengri chushengriqi zodiac yearsold elder elders oldage oldpeople "
        "oldperson* advancedyears older oldest young younger youth youths nianlingduan chushengnianfen"
    ),
    "sex": (
        "sex sexes sexual* gender* male males female females man woman men women lgbt* transgender xingbie nannv "
        "boy boys girl girls lady ladies gay gays lesbian* bisexual* lgb queer sexorientation nanxing nvxing nuxing"
    ),
    "ethnicity": "race races racial ethnic* skincolo* minorit* tribe* minzu hanzu uyghur* tibetan*",
    "religion": (
        "religio* faith church* mosque* temple* muslim* islam* christian* buddhis* taois* zongjiao xinyang pray "
        "prayer prayers worship* hajj ramadan catholic* protestant* priest*"
    ),
    "marriage": (
        "marit* marri* unmarried spous* husband* wife wives divorc* widow* wedding* hunyin hunyinzhuangkuang jiehun "
        "lihun peiou single singles couple couples fiance* weihun yihun hunfou"
    ),
    "family": (
        "famil* kin kinship child children childless parent* mother* father* sibling* relatives dependant* "
        "dependent* fertil* pregnan* jiating zinv shengyu kid kids baby babies newborn* son sons daughter* "
        "grandparent* brother* sister* fumu haizi erzi nver ziniu zinu qinshu"
    ),
    "health": (
        "health* disease* illness* sick* diagnos* medical medicine* bloodtype bloodgroup genetic* gene genes genom* "
        "dna hiv fingerprint* biometric* bmi bodyweight vaccin* psychiatr* mental* jiankang xuexing bingshi "
        "hospital* clinic clinics smoker* smoking obes* alcohol* addict* bloodpressure jibing bingli yiliao"
    ),
    "disability": "disab* handicap* impair* wheelchair* canji blind blindness deaf deafness canjiren",
    "party membership": (
        "political* politics partymember* partymembership communist* ccp cpc leaguemember* youthleague dangyuan "
        "dangling zhengzhimianmao party parties partybranch* zhonggong gongqingtuan tuanyuan tuanling zhengzhi "
        "cadre*"
    ),
    "education": (
        "educat* diploma diplomas degree degrees graduat* school schools schooling academic* universit* college* gpa "
        "phd bachelor* literacy xueli xuewei wenhuachengdu jiaoyu student* pupil* master masters undergraduate* "
        "mastersdegree xuexiao biye daxue shuoshi boshi gaokao wenhuashuiping culturallevel"
    ),
    "occupation": (
        "occupation* profession* job jobs jobtitle career* employ* unemploy* workplace workhistory jobless "
        "civilservant* seniority vocation* zhiye zhicheng zhiwu gongzuo teacher* doctor* soldier* veteran* military "
        "farmer* peasant* publicofficial* governmentofficial*"
    ),
    "income": (
        "income* salar* wage wages earning* pension* payroll socialinsurance socialsecurity taxpaid providentfund "
        "socialwelfare welfarebenefit* dibao subsistence shouru gongzi shebao gongjijin revenue* allowance* nianxin "
        "yuexin geshui"
    ),
    "assets": (
        "asset* property properties wealth* savings bankbalance balance balances networth realestate homeowner* "
        "carowner* housevalue loan* debt* mortgage* borrow* overdraft* creditcard* stocks securities spending "
        "purchase* zichan caichan fangchan cunkuan daikuan house houses housing homeownership apartment* car cars "
        "vehicle* bankdeposit* mutualfund* onlineshopping licenceplate* licenseplate* bankaccount* bankcard* funds "
        "fangzi chezi cheliang qiche zhufang fuzhai"
    ),
    "social graph": (
        "socialgraph socialnetwork* friend* contacts contactlist acquaintance* relationship* peers follower* "
        "addressbook shejiao haoyou renmai facebook wechatgroup* socialcircle* pengyou pengyouquan shehuiguanxi"
    ),
    "movements": (
        "movement* location* whereabouts trajector* geolocation gps itinerar* trail trails travelhistory checkin "
        "checkins hotelstay* flights bordercross* guiji xingzong xingcheng stepcount*"
    ),
    "speech": (
        "speech opinion* posts posting* tweet* socialmedia* weibo wechat* chat chats blog* browsing* searchhistory "
        "onlineconduct petition* complaint* yanlun yuqing twitter weixin phonecall* textmessage*"
    ),
    "criminal records": (
        "criminal* crime* convict* felon* misdemean* prison* imprison* arrest* offender* drugs fanzui xingshi qianke"
    ),
    "public-security penalties": "publicsecurity detention* detain* zhian juliu",
    "civil cases": "lawsuit* litigat* civilcase* civilillegal* judgmentdebt* plaintiff* defendant* minshi susong",
    "taxes": "tax taxes taxation taxpayer* taxarrear* qianshui nashui",
    "unpaid bills": "arrears arrear overdue unpaid delinquen* latepayment* latebill* qianfei tuoqian yuqi",
    "examinations": "exam exams examination* cheat* zuobi kaoshi",
    "running a business": "businessoperation* lawfulbusiness businessstatus jingying",
}
"""Words that a name in English or in pinyin must not contain; `*` stands for any ending.

Up to four words in a row count as one as well.
"""

STEMS: dict[str, str] = {
    "household registration": "hukou juzhu (?<!p)residen",
    "age": "nianling chushengnian birthda dateofbirth",
    "sex": "xingbie (?<!en)gender lesbian",
    "ethnicity": "minzu (?<!h)ethnic",
    "religion": "zongjiao religio muslim buddhis",
    "marriage": "hunyin jiehun marri(?!ott) marital divorc (?<!e)spous",
    "family": "jiating haizi fumu children pregnan",
    "health": "jiankang",
    "disability": "canji(?!a) disabilit disabled",
    "party membership": "dangyuan gongqingtuan zhengzhi communist",
    "education": "(?<!xian)xueli(?!an) wenhuachengdu diploma(?!t|c)",
    "occupation": "zhiye (?<!pre)occupation",
    "income": "shouru income salary salaries gongjijin gongzi(?!x)",
    "assets": "zichan caichan fangchan zhufang cunkuan daikuan mortgage",
    "social graph": "shejiao pengyou shehuiguanxi",
    "criminal records": "fanzui",
}
"""What gives an attribute away wherever it stands in a word: letters that no lawful word holds.

Those that one does hold are told apart: `president`, `engender`, `espouse`; `canjia` 参加, `xianxueliang` 献血量,
`gongzixingche` of 公共自行车.
"""

AROUND = (
    "all and annual any applicant bracket citizen class client code count current customer daily dengji details "
    "duan field flag fou full fulltime group has have high highest holder id index info kind leixing level list "
    "local low lowest member monthly my no num number of over own owned owner owners ownership parttime permanent "
    "person personal points qingkuang range rank score shenfen shuiping status sum the time total type under urban "
    "user users value xingzhi yearly zhuangkuang"
)
"""Words that stand around an attribute's name where they are run together: `haschildren`, `userage`, `jobtype`.

None that would make a lawful word of a protected one: `bandage`, `mandate`, `generating`.
"""

LAWFUL = ("third party", "third parties")
"""Phrases that hold a word of the vocabulary and name nobody's attribute."""

UNITS: dict[str, str] = {
    "age": "years? yrs? y/?o 岁 年",
    "income": "yuan rmb cny usd euros? dollars? 元 钱 币",
    "assets": "sqm 平方 平米",
}
"""What a unit must not be besides: a quantity of it is somebody's years, money or room."""

SIMPLIFIED: dict[str, str] = dict(
    zip(
        "戶籍貫齡歲數別種屬親產債貸財險資產業職務稱學歷學證單離異婦關係會體檢診斷殘聾啞盲黨團員戰幣"
        "訊錄絡網軌跡蹤線發評論轉輿訪訴徵稅納險費繳欠車態獨禮廟穆斯蘭達維爾滿濃農鄉鎮遷養撫贍處違"
        "銷售貯儲蓄餘額證券劵財寶區際緣貌勞動薪詢營經場試號碼證書間時點樣個從僱傭傷傳藥醫療風險護師輛軍眾視聽輪閨",
        "户籍贯龄岁数别种属亲产债贷财险资产业职务称学历学证单离异妇关系会体检诊断残聋哑盲党团员战币"
        "讯录络网轨迹踪线发评论转舆访诉征税纳险费缴欠车态独礼庙穆斯兰达维尔满浓农乡镇迁养抚赡处违"
        "销售贮储蓄余额证券券财宝区际缘貌劳动薪询营经场试号码证书间时点样个从雇佣伤传药医疗风险护师辆军众视听轮闺",
        strict=True,
    )
)
"""Traditional characters of the vocabulary and their simplified forms."""
