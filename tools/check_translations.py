#!/usr/bin/env python3
"""Every text of ours has a Chinese translation, simplified and traditional.

check_translations.py            the gate: .pot up to date, each term translated,
                                 nothing fuzzy, placeholders kept
check_translations.py --update   write i18n/*.pot, merge them into zh_CN.po, zh_TW.po;
                                 translations are kept, terms that all of the host's
                                 add-ons translate alike are filled in

Both export the terms from a database in which the add-ons are installed.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import hostdb
import polib
from hostdb import ROOT, HostError

LANGUAGES = ("zh_CN", "zh_TW")
SAME = ROOT / "tools" / "i18n_same.txt"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdrf]|\$\{[^}]*\}|\{\w*\}|</?[a-z]+")


# --- EXPORT -------------------------------------------------------------------


def fresh_terms():
    """{module: PO file of its terms}, exported from a clone of the suite's template."""
    modules = hostdb.own_addons()
    with (
        hostdb.temporary(hostdb.suite_template(), "crm_test_i18n") as name,
        tempfile.TemporaryDirectory() as target,
    ):
        script = ROOT / "tools" / "host" / "export_terms.py"
        command = [sys.executable, script, name, target, *modules]
        environ = {**os.environ, "ODOO_RC": hostdb.config_file(tests=True)}
        subprocess.run(command, check=True, env=environ)
        return {
            module: read(pathlib.Path(target, f"{module}.pot")) for module in modules
        }


def read(path):
    """The catalogue at ``path``, or None; an empty file has no terms."""
    if not path.exists():
        return None
    return (
        polib.pofile(str(path), encoding="utf-8")
        if path.stat().st_size
        else polib.POFile()
    )


def folder(module):
    return ROOT / "addons" / module / "i18n"


def keys(catalogue):
    """What makes two catalogues the same: terms and where they are used."""
    return {
        (entry.msgid, tuple(sorted(entry.occurrences)))
        for entry in catalogue
        if not entry.obsolete
    }


# --- GATE ---------------------------------------------------------------------


def placeholders(text):
    """
    >>> placeholders("%(count)s of <b>%s</b>") == placeholders("<b>%s</b> / %(count)s")
    True
    >>> placeholders("%(count)s customers") == placeholders("%(anzahl)s Kunden")
    False
    """
    return collections.Counter(PLACEHOLDER.findall(text))


def has_words(text):
    """Whether there is anything to translate.

    >>> has_words("%(count)s %"), has_words("Customers")
    (False, True)
    """
    return bool(
        re.search(r"[^\W\d_]", re.sub(r"<[^>]*>", "", PLACEHOLDER.sub("", text)))
    )


def check_entry(entry, translation, same):
    """What is wrong with one term's translation, or None."""
    if not has_words(entry.msgid) or entry.msgid in same:
        return None
    if translation is None or not translation.msgstr.strip():
        return "not translated"
    if translation.fuzzy:
        return "fuzzy"
    if translation.msgstr == entry.msgid:
        return "same as the English term"
    if placeholders(entry.msgid) != placeholders(translation.msgstr):
        return "other placeholders than the English term"
    return None


def check_language(module, template, language, same):
    path = folder(module) / f"{language}.po"
    catalogue = read(path)
    shown = path.relative_to(ROOT)
    if catalogue is None:
        return [f"{shown}: missing ({len(template)} terms)"]
    known = {entry.msgid: entry for entry in catalogue if not entry.obsolete}
    found = []
    for entry in template:
        problem = check_entry(entry, known.get(entry.msgid), same)
        if problem:
            found.append(f"{shown}: {problem}: {entry.msgid!r}")
    return found


def check_template(module, template):
    path = folder(module) / f"{module}.pot"
    current = read(path)
    if current is None or keys(current) != keys(template):
        return [f"{path.relative_to(ROOT)}: out of date, run ./crm i18n"]
    return []


def same_terms():
    lines = SAME.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def check():
    same, passed, failed = same_terms(), 0, 0
    for module, template in fresh_terms().items():
        results = [check_template(module, template)]
        results += [check_language(module, template, lang, same) for lang in LANGUAGES]
        for found in results:
            print("\n".join(found[:40]), end="\n" if found else "")
            if len(found) > 40:
                print(f"... and {len(found) - 40} more")
            failed += bool(found)
            passed += not found
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


# --- UPDATE -------------------------------------------------------------------


def host_translations(language):
    """{term: translation} where all of the host's add-ons agree on it."""
    seen = collections.defaultdict(set)
    for core in os.environ["CORE_ADDONS"].split(","):
        for module in (
            "base",
            *sorted(hostdb.host_addons_needed()),
            "sale",
            "mail",
            "web",
        ):
            path = pathlib.Path(core) / module / "i18n" / f"{language}.po"
            for entry in polib.pofile(str(path)) if path.exists() else ():
                if entry.msgstr and not entry.fuzzy:
                    seen[entry.msgid].add(entry.msgstr)
    return {
        msgid: next(iter(found)) for msgid, found in seen.items() if len(found) == 1
    }


def merge(template, old, language, compendium):
    """The template's terms with the old translations; terms gone are left out."""
    known = {entry.msgid: entry for entry in old or () if not entry.obsolete}
    new = polib.POFile(wrapwidth=78)
    new.metadata = {**template.metadata, "Language": language}
    new.metadata["Plural-Forms"] = "nplurals=1; plural=0;"
    for entry in template:
        before = known.get(entry.msgid)
        text = before.msgstr if before else compendium.get(entry.msgid, "")
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=text,
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=before.flags if before else entry.flags,
            )
        )
    return new


def dateless(catalogue):
    """Dates of the export would change the files without any change of a term."""
    for key in ("POT-Creation-Date", "PO-Revision-Date"):
        catalogue.metadata.pop(key, None)
    return catalogue


def update():
    terms = fresh_terms()
    compendia = {language: host_translations(language) for language in LANGUAGES}
    for module, template in terms.items():
        folder(module).mkdir(exist_ok=True)
        dateless(template).save(str(folder(module) / f"{module}.pot"))
        for language in LANGUAGES:
            path = folder(module) / f"{language}.po"
            merged = merge(template, read(path), language, compendia[language])
            merged.save(str(path))
            todo = sum(has_words(e.msgid) and not e.msgstr for e in merged)
            print(f"{path.relative_to(ROOT)}: {len(merged)} terms, {todo} to translate")
    return 0


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write .pot, merge .po")
    options = parser.parse_args(argv)
    try:
        return update() if options.update else check()
    except HostError as error:
        sys.exit(f"translations: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
