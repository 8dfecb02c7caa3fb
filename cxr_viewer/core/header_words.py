"""Reads body part and view out of the free words of a header, in the languages that hospitals write them in."""

import itertools
import re
import unicodedata
from enum import Enum
from functools import lru_cache


class BodyPart(Enum):
    """Body parts that a header can name; the value is how a reader is told."""

    CHEST = "chest"
    ABDOMEN = "abdomen"
    PELVIS = "pelvis or hip"
    SPINE = "spine"
    HEAD = "head"
    TEETH = "teeth"
    NECK = "neck"
    SHOULDER = "shoulder, clavicle or ribs"
    ARM = "arm"
    HAND = "hand"
    LEG = "leg"
    FOOT = "foot"
    EXTREMITY = "extremity"
    BREAST = "breast"
    WHOLE_BODY = "whole body"


class View(Enum):
    """Projections as far as the detector cares."""

    FRONTAL = "frontal"
    LATERAL = "lateral"
    DECUBITUS = "decubitus"
    OBLIQUE = "oblique"
    OTHER = "other"


# A word matches when it begins with a stem; a stem that ends in "." must be the whole word. Text is compared without
# case and accents. Chest is asked last, so that "thoracic spine" is a spine first.
_STEMS: dict[BodyPart, str] = {
    BodyPart.SPINE: "spine spinal tspine cspine lspine sspine wirbel rachis colonna columna coluna kregos vertebr lumb"
    " cervical zervik sacr sakr hws. bws. lws. scolio skolio rygg. ryggr позвон",
    BodyPart.ABDOMEN: "abdom bauch ventre. addom brzuch buik. buikov kub. живот брюш 腹",
    BodyPart.PELVIS: "pelvi becken bassin bacino bekken miednic hip. hips. hueft huft hanche anca. anche. cadera"
    " quadril heup biodr hofte таз 骨盆",
    BodyPart.HEAD: "skull head. schadel schaedel crane. crani testa. kopf brain cerebr hirn sinus nnh. facial"
    " gesicht orbit nasal nose. jaw. mandib maxill череп 頭 头",
    BodyPart.TEETH: "teeth tooth dental dente dent. denti dents. zahn panoram opg. bitewing зуб 歯",
    BodyPart.NECK: "neck hals. collo cuello pescoco larynx pharynx шея 頸 颈",
    BodyPart.SHOULDER: "shoulder schulter epaule spalla hombro ombro schouder bark. clavic clavicula schlusselbein"
    " scapul humer rib. ribs. rippe costal costill costol sternum sternal ребр ключиц 肩",
    BodyPart.ARM: "elbow ellbogen coude. gomito codo. cotovelo forearm unterarm oberarm wrist handgelenk poignet polso."
    " muneca punho radius. ulna. локт 肘",
    BodyPart.HAND: "hand. hands. finger mano. manos. mao. dlon daumen thumb кисть 手",
    BodyPart.LEG: "knee knie. genou ginocchio rodilla joelho kolano femur femor tibia tibial fibula leg. legs. bein."
    " jambe gamba pierna perna thigh oberschenkel unterschenkel patell колен бедр 膝",
    BodyPart.FOOT: "foot feet fuss. pied. piede tornozelo ankle sprunggelenk cheville caviglia tobillo"
    " calcan heel toe. toes. zehe stopa стоп 足",
    BodyPart.EXTREMITY: "extrem extremit",
    BodyPart.BREAST: "breast mammo mamma. mammell",
    BodyPart.WHOLE_BODY: "wholebody babygram",
    BodyPart.CHEST: "chest thorax thora torax torac toracic lung. lungs lunge pulm poumon polmon brust petto. borstkas"
    " bryst brost hrudn klp. klatk rintakeh gogus mellkas cxr. thx. груд легк огк 胸 肺 흉부 폐",
}

# "C-arm", "de pie" (standing) and "de face" (frontal) are why arm, pie and face are no body parts above.


def _set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_GENERIC = _set(
    "unknown other others na none body image default undefined unspecified general misc xray routine",
)
_FRONTAL = _set(
    "pa ap papa apap frontal frontale face posteroanterior anteroposterior postero antero dv vd frn",
)
_LATERAL = _set(
    "ll rl lat lateral laterale lateralis laterolateral latero llat rlat ltlat rtlat seitlich seitl profil profile",
    "perfil dwars boczne sagittal",
)
_DECUBITUS = _set("lld rld decub decubitus decubito")
_OBLIQUE = _set("rao lao rpo lpo llo rlo obl oblique obliqua oblik schrag lordotic lordotica lordose")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(text))


def _matches(word: str, stem: str) -> bool:
    if stem.endswith("."):
        return word == stem[:-1]
    # Scripts without spaces between words: the stem may stand anywhere.
    return stem in word if ord(stem[0]) > 0x2E80 else word.startswith(stem)


_KEPT = 4096
"""Texts whose meaning is remembered: an archive says the same few hundred things again and again."""

_COMPILED = {part: tuple(_plain(stem) for stem in stems.split()) for part, stems in _STEMS.items()}


@lru_cache(_KEPT)
def body_parts_in(text: str) -> tuple[BodyPart, ...]:
    """Return the body parts that the words name; the chest comes last, so that the first is the most telling one."""
    words = _words(text)
    return tuple(part for part, stems in _COMPILED.items() if any(_matches(w, stem) for w in words for stem in stems))


@lru_cache(_KEPT)
def describes_nothing(text: str) -> bool:
    """Whether a body part says nothing at all: empty, or a word such as UNKNOWN."""
    return all(word in _GENERIC for word in _words(text))


@lru_cache(_KEPT)
def view_in(text: str) -> View | None:
    """Return the projection that the words name; None when they name none, or several ("PA and lateral")."""
    words = _words(text)
    joined = set(words) | {first + second for first, second in itertools.pairwise(words)}
    found = [
        view
        for view, names in (
            (View.DECUBITUS, _DECUBITUS),
            (View.OBLIQUE, _OBLIQUE),
            (View.LATERAL, _LATERAL),
            (View.FRONTAL, _FRONTAL),
        )
        if joined & names
    ]
    if View.DECUBITUS in found or View.OBLIQUE in found:
        # "Left lateral decubitus" names the position of the patient, "AP lordotic" a projection that is not frontal.
        return found[0]
    return found[0] if len(found) == 1 else None
