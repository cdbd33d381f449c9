"""Which Chinese characters people write, to tell one encoding from another by its text."""

# Some 600 characters that make up most of ordinary text, of column names and of titles; then how
# those look that are written differently in traditional script.
_SIMPLIFIED = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
    "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体"
    "制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内"
    "数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提"
    "直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计"
    "别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海"
    "口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身"
    "车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石"
    "记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近千周委素技备半办青省"
    "列习响约支般史感劳便团往历市克何除消构府称太准精值号率族维划选标写存候亲快效斯院查江型眼王按"
    "格养易置派层片始却专状育厂京识适属圆包住调满县局照参红细引听该铁价严首底液官德随病苏失死讲配"
    "女黄推显谈神艺席含企望密批营项防举球英借续读码索馆藏址姓男龄职注编刊版著译丛卷册录诗歌散词典"
    "材童故漫画普医药烹饪旅游哲宗软网络摄乐语考试阅览登财押销挂停退赔污损逾罚款预操室街镇校师"
)
_TRADITIONAL = (
    "這爲個國時來們於對會發動過說產種後學經進電裏現實兩體機當點從業應開還義間樣與關線內數麼質氣變"
    "條沒結問無軍並題黨員總設長頭資邊級圖統較將組見計別論運農幾區強決幹戰則據處隊給門規熱領東導壓"
    "爭濟階術極聯認權證採轉單風帶場車務萬達積議聲報鬥類離華確張馬節話況溫傳許羣廣記觀織裝衆書復兒"
    "須際驗連斷難備辦習響約勞團歷構稱準號維劃選標寫親養層卻專狀廠識適屬圓調滿縣參紅細聽該鐵價嚴隨"
    "蘇講黃顯談藝營項舉續讀碼館齡職編譯叢冊錄詩詞畫醫藥飪遊軟網絡攝樂語試閱覽財銷掛賠損罰預鎮師刪"
    "補註臺灣裡為夠啟"
)
_PUNCTUATION = "，。、；：？！（）《》「」“”·—…　"


def _plane(first: int, last: int, codec: str) -> str:
    """Return the characters whose first byte lies between two, in a code of two bytes each."""
    pairs = (bytes([lead, trail]) for lead in range(first, last + 1) for trail in range(0x40, 0xFF))
    return "".join(pair.decode(codec, errors="ignore") for pair in pairs)


FREQUENT = frozenset(_SIMPLIFIED + _TRADITIONAL + _PUNCTUATION)

# The level of each national standard that holds what is in use: 3,755 and 5,401 characters.
COMMON = frozenset(_plane(0xB0, 0xD7, "gb2312") + _plane(0xA4, 0xC6, "big5"))
