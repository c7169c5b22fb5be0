// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace sim::scenario {

/// Names a type in overload resolution. `describe(visitor, Type<T>{})` tells a visitor every key of T once; the reader,
/// the writer and the JSON Schema are three visitors, so that they cannot disagree.
///
/// A visitor has:
///   needs(key, &T::member, about)      a key that must be there
///   takes(key, &T::member, about)      a key that may be there
///   named(key, &T::list, about)        an object whose keys are the `name` of each element
///   inlined(&T::part)                  the keys of a part, in the same object
///   anchor(&T::anchor)                   the same for an Anchor, whose "from" and "until" belong to "every"
///   choice(key, &T::variant, about)      a variant: the text of `key` tells which; with an empty key, the keys present
///   later(key, instead)                a word of the language that is not supported yet, and what works today
template <class T>
struct Type {};

/// The word of an alternative and what it means; `word(Type<T>{})` is told beside describe().
struct EventWord {
  std::string_view text;
  std::string_view about;
};

/// A word of the language that is not supported yet.
struct LaterWord {
  std::string_view word;
  std::string_view instead;  ///< the nearest thing that works, as a clause
};

/// The words of an enumeration: word and value.
template <class E, std::size_t N>
using Words = std::array<std::pair<std::string_view, E>, N>;

}  // namespace sim::scenario
