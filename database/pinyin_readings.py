"""Readings that a dictionary of common words gets wrong: surnames, and names of places as their people say them.

Surnames by 《现代汉语词典》 and 《通用规范汉字表》's notes on surnames, places by 《中国地名大词典》. Tones as digits.
"""

from __future__ import annotations

_SURNAMES = """
单shan4 仇qiu2 解xie4 曾zeng1 查zha1 区ou1 任ren2 盖ge3 朴piao2 华hua4 翟zhai2 缪miao4 纪ji3 宁ning4 折she2
秘bi4 冼xian3 员yun4 召shao4 覃qin2 逄pang2 种chong2 繁po2 不fou1 能nai4 哈ha3 祭zhai4 谌chen2 过guo1 葛ge3
车che1 牟mou2 褚chu3 訾zi1 撒sa3 隗wei3 应ying1 那na1 钭tou3 郇xun2 么yao1 都du1 呙guo1 句gou1 令ling2 郤xi4
相xiang4 沈shen3 石shi2 重chong2 薄bo2 适kuo4 尉wei4 乐yue4 黑he4 洗xian3 晟cheng2 乜nie4 亓qi2 仝tong2 卜bu3
占zhan1 贾jia3 沙sha1 角jue2 祝zhu4 宓mi4 尹yin3 尧yao2 干gan1 行xing2 藏zang1 调tiao2 降jiang4 奇ji1 眭sui1
郗xi1 逯lu4 阚kan4 麴qu1 曲qu1 褟ta1 佴nai4 佘she2 邸di3 庹tuo3 昝zan3 禤xuan1 粘nian2 蔄man4 謇jian3 长chang2
强qiang2 朝chao2 参shen1 传chuan2 弹tan2 卡ka3 柏bai3 瞿qu2
"""
SURNAMES = {entry[0]: entry[1:] for entry in _SURNAMES.split()}

COMPOUND_SURNAMES = {
    "尉迟": "yu4 chi2",
    "万俟": "mo4 qi2",
    "令狐": "ling2 hu2",
    "欧阳": "ou1 yang2",
    "司马": "si1 ma3",
    "上官": "shang4 guan1",
    "诸葛": "zhu1 ge3",
    "东方": "dong1 fang1",
    "皇甫": "huang2 fu3",
    "公孙": "gong1 sun1",
    "慕容": "mu4 rong2",
    "长孙": "zhang3 sun1",
    "宇文": "yu3 wen2",
    "司徒": "si1 tu2",
    "司空": "si1 kong1",
    "端木": "duan1 mu4",
    "单于": "chan2 yu2",
    "澹台": "tan2 tai2",
    "鲜于": "xian1 yu2",
    "夏侯": "xia4 hou2",
    "呼延": "hu1 yan2",
    "赫连": "he4 lian2",
    "钟离": "zhong1 li2",
    "闻人": "wen2 ren2",
    "濮阳": "pu2 yang2",
    "公冶": "gong1 ye3",
    "宗政": "zong1 zheng4",
    "太叔": "tai4 shu1",
    "申屠": "shen1 tu2",
    "轩辕": "xuan1 yuan2",
    "独孤": "du2 gu1",
    "南宫": "nan2 gong1",
    "西门": "xi1 men2",
    "东郭": "dong1 guo1",
    "百里": "bai3 li3",
    "淳于": "chun2 yu2",
    "梁丘": "liang2 qiu1",
    "左丘": "zuo3 qiu1",
    "宰父": "zai3 fu3",
    "谷梁": "gu3 liang2",
    "拓跋": "tuo4 ba2",
    "纳兰": "na4 lan2",
    "完颜": "wan2 yan2",
    "叱干": "chi4 gan1",
    "仆固": "pu2 gu4",
    "中行": "zhong1 hang2",
    "乐正": "yue4 zheng4",
    "漆雕": "qi1 diao1",
    "公西": "gong1 xi1",
    "第五": "di4 wu3",
    "即墨": "ji2 mo4",
    "達奚": "da2 xi1",
}

_PLACES = """
五大堡 wu3 da4 bao3|长砻 chang2 long2|大济 da4 ji4|朝阳 chao2 yang2|长 chang2|都 du1|重庆 chong2 qing4
六安 lu4 an1|六合 lu4 he2|台州 tai1 zhou1|天台县 tian1 tai1 xian4|丽水 li2 shui3|乐清 yue4 qing1
荣县 rong2 xian4|蔚县 yu4 xian4|单县 shan4 xian4|涡阳 guo1 yang2|洪洞 hong2 tong2|荥经 ying2 jing1
荥阳 xing2 yang2|筠连 jun1 lian2|大城县 dai4 cheng2 xian4|长子县 zhang3 zi3 xian4|繁峙 fan2 shi4|浚县 xun4 xian4
铅山 yan2 shan1|番禺 pan1 yu2|东阿 dong1 e1|乐亭 lao4 ting2|歙县 she4 xian4|犍为 qian2 wei2|莘县 shen1 xian4
柘城 zhe4 cheng2|尉氏 wei4 shi4|尉犁 yu4 li2|中牟 zhong1 mu4|泌阳 bi4 yang2|渑池 mian3 chi2|秭归 zi3 gui1
猇亭 xiao1 ting2|耒阳 lei3 yang2|柞水 zha4 shui3|吴堡 wu2 bu3|宕昌 tan4 chang1|莎车 sha1 che1|婼羌 ruo4 qiang1
穆棱 mu4 ling2|任县 ren2 xian4|任丘 ren2 qiu1|任城 ren2 cheng2|井陉 jing3 xing2|藁城 gao3 cheng2|隰县 xi2 xian4
解州 hai4 zhou1|盂县 yu2 xian4|盱眙 xu1 yi2|睢宁 sui1 ning2|睢县 sui1 xian4|睢阳 sui1 yang2|甪直 lu4 zhi2
浒墅关 xu3 shu4 guan1|嵊州 sheng4 zhou1|嵊泗 sheng4 si4|鄞州 yin2 zhou1|长汀 chang2 ting1|柘荣 zhe4 rong2
儋州 dan1 zhou1|东莞 dong1 guan3|大埔县 da4 bu4 xian4|黄埔 huang2 pu3|珙县 gong3 xian4|什邡 shi2 fang1
阿坝 a1 ba4|东阳 dong1 yang2|綦江 qi2 jiang1|北碚 bei3 bei4|六枝 liu4 zhi1|六盘水 liu4 pan2 shui3|漾濞 yang4 bi4
勐海 meng3 hai3|勐腊 meng3 la4|会稽 kuai4 ji1|会泽 hui4 ze2|监利 jian4 li4|华县 hua4 xian4|华阴 hua4 yin1
华州 hua4 zhou1|曲阜 qu1 fu4|曲周 qu3 zhou1|曲靖 qu3 jing4|曲沃 qu1 wo4|厦门 xia4 men2|蚌埠 beng4 bu4
亳州 bo2 zhou1|黟县 yi1 xian4|砀山 dang4 shan1|枞阳 zong1 yang2|弋阳 yi4 yang2|郫都 pi2 du1|射洪 she4 hong2
巴彦 ba1 yan4|珲春 hun2 chun1|桦甸 hua4 dian4|讷河 ne4 he2|牟平 mu4 ping2|临朐 lin2 qu2|茌平 chi2 ping2
郯城 tan2 cheng2|莒县 ju3 xian4|鄄城 juan4 cheng2|兖州 yan3 zhou1|无棣 wu2 di4|芝罘 zhi1 fu2|冠县 guan1 xian4
栖霞 qi1 xia2|即墨 ji2 mo4|费县 fei4 xian4|滕州 teng2 zhou1|氾水 si4 shui3|济源 ji3 yuan2|济南 ji3 nan2
济宁 ji3 ning2|济阳 ji3 yang2|长垣 chang2 yuan2|武陟 wu3 zhi4|获嘉 huo4 jia1|漯河 luo4 he2|洛阳 luo4 yang2
郏县 jia2 xian4|镇平 zhen4 ping2|淅川 xi1 chuan1|潢川 huang2 chuan1|行唐 xing2 tang2|鄚州 mao4 zhou1
涿州 zhuo1 zhou1|蠡县 li3 xian4|丰都 feng1 du1|垫江 dian4 jiang1|涪陵 fu2 ling2|邛崃 qiong2 lai2|岷县 min2 xian4
红古 hong2 gu3|张掖 zhang1 ye4|宁陕 ning2 shan3|澄城 cheng2 cheng2|洮南 tao2 nan2|扎赉特 zha1 lai4 te4
磴口 deng4 kou3|巴音 ba1 yin1|准格尔 zhun3 ge2 er3|乌拉特 wu1 la1 te4|佴城 nai4 cheng2|阳朔 yang2 shuo4
百色 bai3 se4|邕宁 yong1 ning2|荔浦 li4 pu3|筠门岭 yun2 men2 ling3|婺源 wu4 yuan2|鄱阳 po2 yang2|武功 wu3 gong1
栟茶 ben1 cha2|邗江 han2 jiang1|溧水 li4 shui3|溧阳 li4 yang2|邳州 pi1 zhou1|莘庄 xin1 zhuang1
"""
_ENTRIES = (entry.partition(" ") for line in _PLACES.strip().splitlines() for entry in line.split("|"))
PLACES = {name: reading for name, _, reading in _ENTRIES}
"""The longest name in a text counts. Those that are read otherwise in village names stand with their 县."""
