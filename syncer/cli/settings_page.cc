// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/settings_page.h"

#include "syncer/config/key_help.h"
#include "syncer/reference/man_page.h"

namespace syncer::cli {
namespace {

constexpr const char* kDescription =
    "JSON with // comments. Objects nest: {\"log\": {\"level\": \"debug\"}} is the key log.level. A list of texts is "
    "the same as one text with commas. An unknown key is an error with its place, and so is one that is given twice; "
    "\"$schema\" at the top is for editors (syncer config schema prints one).\n\n"
    "A flag (--KEY) beats a variable, a variable (SYNCER_KEY, in upper case with _ for . and -) beats the file, and "
    "the "
    "file beats the default. syncer config show --origin prints what is in force and where it comes from; "
    "syncer config check FILE names all that is wrong with a file, and what is legal and unwise.";

std::vector<reference::Entry> entries() {
  std::vector<reference::Entry> all;
  for (const config::KeyGroup& group : config::key_groups()) {
    for (const config::Key* key : group.keys) {
      reference::Entry entry{std::string(group.title), key->name, {key->about + "."}};
      entry.lines.push_back("Value: " + key->form);
      if (!key->default_value.empty()) entry.lines.push_back("Default: " + key->default_value);
      entry.lines.push_back("Variable: " + config::environment_name(key->name));
      for (const std::string_view alias : config::aliases(key->name))
        entry.lines.push_back("Also: " + std::string(alias));
      all.push_back(std::move(entry));
    }
  }
  return all;
}

}  // namespace

std::string settings_page(const std::string& version) {
  return reference::man_header("syncer.json", 5, "configuration of a syncer", version) +
         reference::man_section("DESCRIPTION", kDescription) + ".SH KEYS\n" + reference::man_entries(entries()) +
         ".SH SEE ALSO\n.BR syncer (1)\n";
}

}  // namespace syncer::cli
