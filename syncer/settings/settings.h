// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/assert.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/quantity.h"
#include "syncer/base/result.h"

/// The settings of a syncer: one key each, the same in the daemon's file, its flags and a scenario's "config". Each
/// part declares the rows of its own configuration with the forms below; the owner of the parts composes their rows
/// into one table.
namespace syncer::settings {

/// One key of a configuration struct.
template <class Config>
struct Setting {
  std::string_view key;    ///< dotted, e.g. "gossip.fanout"
  std::string_view form;   ///< what a value looks like
  std::string_view about;  ///< one sentence
  /// Sets the field; on an error, whose place is empty, the configuration stays as it is.
  std::function<Result<void>(Config&, std::string_view value)> apply;
  /// The value as `apply` reads it back.
  std::function<std::string(const Config&)> show;
  bool live = false;  ///< a running syncer takes another value over; others need a restart
};

template <class Config>
using Settings = std::vector<Setting<Config>>;

/// Invalid, with the key as its place.
tl::unexpected<Error> refuse(std::string_view key, std::string detail);
/// What apply() answers for a key that no row has, with the nearest one that exists.
Error unknown_key(std::string_view key, const std::vector<std::string_view>& known);

/// Adds the rows of a part to those of the configuration that holds it as `member`.
template <class Whole, class Part>
void embed(Settings<Whole>& table, const Settings<Part>& rows, Part Whole::*member) {
  for (const Setting<Part>& row : rows) {
    table.push_back({row.key, row.form, row.about,
                     [apply = row.apply, member](Whole& c, std::string_view value) { return apply(c.*member, value); },
                     [show = row.show, member](const Whole& c) { return show(c.*member); }, row.live});
  }
}

/// The row of a setting that a running syncer takes over.
template <class Config>
Setting<Config> live(Setting<Config> row) {
  row.live = true;
  return row;
}
/// The same of several rows.
template <class Config>
Settings<Config> live(Settings<Config> rows) {
  for (Setting<Config>& row : rows) row.live = true;
  return rows;
}

/// All rows of a configuration, sorted by key.
template <class Config>
class Table {
 public:
  /// No key may stand twice.
  explicit Table(Settings<Config> rows) : rows_(std::move(rows)) {
    std::sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (std::size_t i = 1; i < rows_.size(); ++i) SYNCER_ASSERT(rows_[i - 1].key < rows_[i].key);
  }

  const Settings<Config>& rows() const { return rows_; }

  /// Applies one key; the error's place is the key, and it names the nearest known one or what the value should be.
  Result<void> apply(Config& config, std::string_view key, std::string_view value) const {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), key,
                                        [](const auto& row, std::string_view wanted) { return row.key < wanted; });
    if (found == rows_.end() || found->key != key) return tl::unexpected(unknown_key(key, keys()));
    const Result<void> applied = found->apply(config, value);
    if (!applied) return refuse(key, applied.error().detail + "; wanted: " + std::string(found->form));
    return {};
  }

 private:
  std::vector<std::string_view> keys() const {
    std::vector<std::string_view> all;
    for (const auto& row : rows_) all.push_back(row.key);
    return all;
  }

  Settings<Config> rows_;
};

// --- values ---

inline constexpr std::string_view kDurationForm = "a duration such as \"250ms\"";
inline constexpr std::string_view kPositiveForm = "a duration above zero such as \"250ms\"";
inline constexpr std::string_view kNumberForm = "a whole number";
inline constexpr std::string_view kSwitchForm = "\"on\" or \"off\"";

/// Names, texts and lists lose the blanks around them. A name fits into messages, paths and marks: 1 to 128 printable
/// ASCII characters without blank, comma or slash.
Result<std::string> parse_name(std::string_view text);
/// A text of at least one character, without line breaks and other controls.
Result<std::string> parse_text(std::string_view text);
/// A comma-separated list of at least one text.
Result<std::vector<std::string>> parse_texts(std::string_view text);
std::string show_texts(const std::vector<std::string>& parts);
/// A comma-separated list, which may be empty.
Result<std::vector<Endpoint>> parse_endpoints(std::string_view text);
std::string show_endpoints(const std::vector<Endpoint>& endpoints);
/// A duration longer than zero.
Result<Duration> parse_positive(std::string_view text);
/// "on" or "off"; "true" and "false" mean the same, as a file may say it in JSON.
Result<bool> parse_switch(std::string_view text);
std::string show_switch(bool on);
/// A decimal number of at least `min`.
Result<std::uint64_t> parse_between(std::string_view text, std::uint64_t min, std::uint64_t max);

// --- forms: a row for a field, by what its value looks like ---

/// Any form: `parse` gives a Result of something that the field can hold, `show` the text of the field.
template <class C, class T, class Parse, class Show>
Setting<C> custom(std::string_view key, std::string_view form, T C::*field, std::string_view about, Parse parse,
                  Show show) {
  return {key,
          form,
          about,
          [field, parse](C& config, std::string_view text) -> Result<void> {
            auto value = parse(text);
            if (!value) return tl::unexpected<Error>(value.error());
            config.*field = static_cast<T>(std::move(*value));
            return {};
          },
          [field, show](const C& config) -> std::string { return show(config.*field); },
          false};
}

template <class C>
Setting<C> duration(std::string_view key, Duration C::*field, std::string_view about) {
  return custom(key, kDurationForm, field, about, parse_duration, [](Duration d) { return to_string(d); });
}

template <class C>
Setting<C> positive(std::string_view key, Duration C::*field, std::string_view about) {
  return custom(key, kPositiveForm, field, about, parse_positive, [](Duration d) { return to_string(d); });
}

template <class C, class T>
Setting<C> number(std::string_view key, std::uint64_t min, std::uint64_t max, T C::*field, std::string_view about) {
  return custom(
      key, kNumberForm, field, about, [min, max](std::string_view text) { return parse_between(text, min, max); },
      [](T value) { return std::to_string(value); });
}

template <class C>
Setting<C> ratio(std::string_view key, Ratio C::*field, std::string_view about) {
  return custom(key, "a share such as \"15%\" or \"1/8\"", field, about, parse_ratio,
                [](const Ratio& r) { return to_string(r); });
}

template <class C>
Setting<C> name(std::string_view key, std::string C::*field, std::string_view about) {
  return custom(key, "a name of at most 128 printable characters without blank, comma or slash", field, about,
                parse_name, [](const std::string& text) { return text; });
}

template <class C>
Setting<C> text(std::string_view key, std::string C::*field, std::string_view about) {
  return custom(key, "a text", field, about, parse_text, [](const std::string& value) { return value; });
}

template <class C>
Setting<C> optional_text(std::string_view key, std::string C::*field, std::string_view about) {
  return custom(
      key, "a text, or nothing", field, about, [](std::string_view value) { return Result<std::string>(value); },
      [](const std::string& value) { return value; });
}

template <class C>
Setting<C> texts(std::string_view key, std::vector<std::string> C::*field, std::string_view about) {
  return custom(key, "one or more texts, comma-separated", field, about, parse_texts, show_texts);
}

template <class C>
Setting<C> endpoint(std::string_view key, Endpoint C::*field, std::string_view about) {
  return custom(key, "an address such as \"10.0.0.10:30190\"", field, about, parse_endpoint,
                [](const Endpoint& e) { return to_string(e); });
}

template <class C>
Setting<C> endpoints(std::string_view key, std::vector<Endpoint> C::*field, std::string_view about) {
  return custom(key, "addresses such as \"10.0.0.10:30190\", comma-separated", field, about, parse_endpoints,
                show_endpoints);
}

}  // namespace syncer::settings
