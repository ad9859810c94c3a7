"""Made posts for a portal that has no decisions of its own yet: spam of the usual trades, and honest posts of a town.

Nobody's words are in here. A slot in braces is drawn anew for each post; spam is disguised in one of the usual ways now
and then. What an operator decides later weighs more, because it is of his own portal.
"""

from collections.abc import Mapping, Sequence

import numpy as np

SLOTS: Mapping[str, Sequence[str]] = {
    "phone": ("138{d}", "159{d}", "186{d}", "177{d}", "135{d}"),
    "wx": ("wx{d}", "abc{d}", "lin{d}", "v{d}", "xiao{d}"),
    "contact": ("加微信{wx}", "加V信{wx}", "薇信{wx}", "QQ{d}", "扣扣{d}", "VX：{wx}", "电话{phone}", "联系客服{wx}",
                "徽信 {wx}",
                "私信我", "飞机@{wx}", "群号{d}"),
    "url": ("http://www.{w}{n}.com", "{w}{n}.top", "www.{w}{n}.vip/a", "https://{w}{n}.xyz/reg?id={n}", "{w}{n}.cc"),
    "w": ("abc", "vip", "win", "lucky", "hao", "fuli", "best", "zz"),
    "n": ("3", "7", "12", "88", "20", "365", "15", "52", "6"),
    "money": ("300元", "500", "2000元", "1万", "50万", "800块", "3000-8000元"),
    "price": ("15元", "80块", "200元", "1200元", "350", "60元", "5000元"),
    "place": ("城东", "人民路", "西湖公园", "老汽车站", "新华书店", "二小", "东门菜场", "滨江小区", "县医院",
              "火车站", "大桥头"),
    "name": ("小王", "老李", "张阿姨", "刘师傅", "陈老师", "阿强", "小周", "王大姐"),
    "thing": ("沙发", "电动车", "婴儿车", "洗衣机", "书桌", "自行车", "冰箱", "钢琴", "空调", "旧课本"),
    "food": ("包子", "牛肉面", "豆腐脑", "酸菜鱼", "烧饼", "凉皮", "羊肉汤", "粽子", "臭豆腐"),
    "day": ("周六", "星期天", "明天", "下周三", "今晚", "月底", "国庆", "十号", "早上"),
}  # fmt: skip

SPAM: Sequence[str] = (
    "招聘网络兼职，在家就能做，日结{money}，不收押金，有手机就行，{contact}",
    "急招打字员、抄写员，一天轻松赚{money}，学生宝妈均可，{contact}",
    "淘宝刷单员招募，每单佣金{n}元，当天结算，绝不拖欠，{contact}",
    "想在家里月入过万吗？只要一部手机，日入{money}不是梦，{contact}",
    "正规平台点赞员，关注一个账号得{n}元，多劳多得，秒到账，{contact}",
    "无抵押贷款，凭身份证即可办理，最快当天放款{money}，{contact}",
    "急用钱找我，黑户白户都能下款，额度{money}，不看征信，{contact}",
    "信用卡套现、代还、提额，手续费低，安全快捷，{contact}",
    "小额借款秒批，利息低至{n}厘，芝麻分600以上{money}起，点击{url}",
    "代开各类发票，增值税专票普票，点数优惠，先验后付，{contact}",
    "本公司长期对外代开住宿、餐饮、建材发票，保真可查，{contact}",
    "有余票可代开，真票真号，税务网可查询，{contact}",
    "真人荷官在线发牌，注册送{n}元彩金，首存翻倍，{url}",
    "时时彩高手带你赚，稳赚不赔，计划准确率九成，{contact}",
    "澳门金沙娱乐城，百家乐、老虎机，提款秒到，{url}",
    "六合彩内部资料，每期必中，跟着我买包赚，{contact}",
    "世界杯投注平台，赔率最高，充{money}送{money}，{url}",
    "同城美女上门服务，学生妹少妇任选，{n}小时{money}，{contact}",
    "寂寞少妇求约，本地真实交友，不满意不收费，{contact}",
    "高清无码成人视频，免费观看，每日更新，{url}",
    "夜场会所高端外围，空姐模特，安全保密，{contact}",
    "纯中药减肥，不节食不运动，一个月瘦{n}斤，无效退款，{contact}",
    "老中医祖传秘方，专治阳痿早泄，三天见效永不复发，{contact}",
    "丰胸产品，{n}天增大一个罩杯，无副作用，{contact}",
    "壮阳增大增粗延时，男人的福音，货到付款，{contact}",
    "办证刻章，毕业证学位证驾驶证，网上可查，{contact}",
    "快速办理本科大专文凭，学信网可查，无需考试，{contact}",
    "出售各类资格证书，建造师、会计证、教师证，包过，{contact}",
    "网站快速排名，百度首页推广，{n}天上首页，按天计费，{contact}",
    "专业代发外链，SEO优化，软文发布，价格低，{contact}",
    "出售邮箱数据、手机号数据、股民电话名单，精准客户，{contact}",
    "微信加粉、公众号刷阅读、抖音涨粉，一万粉{money}，{contact}",
    "正品名牌包包手表，一比一高仿，支持专柜验货，{url}",
    "外贸原单名鞋，厂家直销，全场{n}折，批发零售，{contact}",
    "苹果手机水货低价出售，全新未拆封只要{money}，货到付款，{contact}",
    "旗舰店清仓，仅剩{n}件，点击领取内部优惠券{url}",
    "股票内幕消息群，每天推荐涨停牛股，免费进群，{contact}",
    "福利群，红包不断，进群就送{money}，扫码或{contact}",
    "炒外汇炒黄金，老师一对一带单，日收益百分之{n}，{contact}",
    "数字货币新项目，静态收益每天{n}%，推广有奖，注册{url}",
    "恭喜您被选为幸运用户，获得{money}奖金，请登录{url}领取",
    "您的快递丢失可双倍理赔，请添加{contact}办理",
    "私家侦探，查人查车查开房记录，手机定位，{contact}",
    "微信聊天记录恢复、查看对方微信，{contact}",
    "代孕包成功包性别，正规机构，{contact}",
    "游戏外挂、辅助、低价点券充值，{url}",
    "翻墙加速器，永久免费，下载{url}",
    "迷药、催情药水、听话水，无色无味，货到付款，{contact}",
)
"""Posts that a portal holds back, by trade."""

HONEST: Sequence[str] = (
    "{place}那家{food}店味道不错，就是排队太久了。",
    "请问{place}附近哪里有修{thing}的？",
    "{day}的雨真大，{place}那边又积水了，开车小心。",
    "转让九成新{thing}一台，{price}，自提，地址{place}。",
    "孩子上学了，{thing}用不上，{price}出，电话{phone}。",
    "{place}捡到一串钥匙，失主请到门卫处认领。",
    "寻狗：{day}在{place}走失一只黄色小狗，有线索请打{phone}，谢谢！",
    "支持楼上，这个红绿灯早就该修了。",
    "{name}人很好，上次修{thing}只收了{price}。",
    "{place}的公交几点末班？",
    "谢谢编辑的文章，写得很详细，学到了。",
    "我觉得文章说得对，网店最难的还是进货。",
    "{day}去{place}跑步，有一起的吗？",
    "想问一下医保卡丢了在哪里补办？",
    "学区房又涨价了，普通人怎么买得起。",
    "{food}还是{place}老店的正宗，新开的那家差点意思。",
    "{place}两室一厅出租，月租{price}，房东直租，联系{phone}。",
    "求租{place}附近一室户，预算{price}左右，爱干净不养宠物。",
    "本店招服务员两名，包吃住，工资面谈，地址{place}，电话{phone}。",
    "面馆急招洗碗工一名，{place}，月休四天，联系{name}{phone}。",
    "{day}停水通知：{place}一带上午八点到下午五点停水，请提前储水。",
    "同意，建议把垃圾桶往{place}那边挪一挪。",
    "这个价格有点高，我在{place}买才{price}。",
    "收到货了，包装很好，茶叶很香，五星好评。",
    "客服态度好，换货很快，推荐购买。",
    "今天带孩子去了{place}，人山人海，下次不挑{day}去了。",
    "请教各位，{thing}坏了修一修要多少钱？",
    "有没有人知道{place}那边在修什么？",
    "昨天的比赛太精彩了，最后一分钟绝杀！",
    "老照片看得我热泪盈眶，小时候就住在{place}。",
    "顺风车：{day}从{place}去省城，还有两个座位，费用平摊，{phone}。",
    "楼上装修能不能别在中午钻墙，孩子要睡觉。",
    "家里自己种的橘子，{price}一箱，可以送到{place}。",
    "{name}的书法课开班了吗？想给孩子报名。",
    "发票怎么开？上次在店里买{thing}忘记要了。",
    "银行贷款利率降了，我的房贷什么时候调整？",
    "减肥真难，晚上又吃了两碗{food}。",
    "微信支付在{place}那家店扫不出来，只能付现金。",
    "建议网站增加夜间模式，晚上看太刺眼。",
    "求推荐靠谱的装修师傅，最好有做过{place}的房子。",
    "版主辛苦了，帖子发错版块，麻烦移一下。",
    "小区业主群怎么加？我刚搬来{place}。",
    "二手{thing}还在吗？可以便宜点吗？",
    "警惕！{day}有人冒充社区上门推销净水器，大家别上当。",
    "刷单都是骗人的，我邻居被骗了{money}，大家小心。",
    "这家店兼职的大学生很热情，给个好评。",
    "{place}广场舞声音太大，能不能小点声？",
    "书友会{day}在{place}活动，欢迎来聊聊最近读的书。",
    "祝{name}生日快乐，身体健康！",
    "文章里的第三点不太同意，小店没有那么多预算做推广。",
)
"""Posts that a portal shows, some of them about just what spam is about."""

_SPACED, _STYLED = (" ", "·", ".", "-", "*", "、", "_"), str.maketrans("0123456789", "０１２３４５６７８９")


def filled(template: str, rng: np.random.Generator) -> str:
    """A template with each slot drawn.

    >>> filled("{day}去{place}", np.random.default_rng(1)).count("去")
    1
    """
    text = template
    while "{" in text:
        name = text[text.index("{") + 1 : text.index("}")]
        if name == "d":
            drawn = "".join(str(each) for each in rng.integers(0, 10, int(rng.integers(6, 9))))
        else:
            options = SLOTS[name]
            drawn = options[int(rng.integers(len(options)))]
        text = text.replace(f"{{{name}}}", drawn, 1)
    return text


def disguised(text: str, rng: np.random.Generator) -> str:
    """A text in one of the disguises of spam, in two of five cases as it is."""
    way = int(rng.integers(5))
    if way == 2:
        return text.translate(_STYLED).replace("微信", "薇❤").replace("QQ", "ＱＱ").replace("贷款", "贷 款")
    if way == 3:
        mark = _SPACED[int(rng.integers(len(_SPACED)))]
        begin = int(rng.integers(max(len(text) // 2, 1)))
        return text[:begin] + mark.join(text[begin : begin + 8]) + text[begin + 8 :]
    if way == 4:
        return "\u200b".join(text[at : at + 2] for at in range(0, len(text), 2))
    return text


def starter_texts(rng: np.random.Generator, each: int = 12) -> tuple[list[str], list[int]]:
    """Posts to learn from, ``each`` of every template, and their labels: 1 for spam."""
    spam = [disguised(filled(template, rng), rng) for template in SPAM for _ in range(each)]
    honest = [filled(template, rng) for template in HONEST for _ in range(each)]
    return [*spam, *honest], [1] * len(spam) + [0] * len(honest)
