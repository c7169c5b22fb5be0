// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

/// States that tests should reach now and then, and numbers whose largest values are worth knowing, marked where they
/// come up. Nobody listens in the daemon: a point costs it a look at one thread-local pointer, and what is marked is
/// not even evaluated. The simulator listens, one listener a thread, and counts for each run (sim/engine/coverage).
/// Points have no effect on what happens; their conditions must not have any either. Not for templates and inline
/// functions of headers: every point is one object of its own in a section that the linker puts together.
namespace syncer::sometimes {

/// One point in the source. Of 32 bytes, so that the linker leaves no gaps between them.
struct alignas(32) Point {
  const char* name;  ///< "folder.what_is_so"; used once
  const char* file;
  std::uint32_t line;
  bool is_watermark;  ///< the largest value counts, not how often
};
static_assert(sizeof(Point) == 32);

/// Somebody who wants to know.
class Listener {
 public:
  virtual ~Listener() = default;
  /// The condition of `point` held; or, of a watermark, this is its value now.
  virtual void on_reached(const Point& point, std::uint64_t value) = 0;
};

/// Who listens on this thread; nullptr for nobody.
inline constinit thread_local Listener* listener = nullptr;

}  // namespace syncer::sometimes

#define SYNCER_SOMETIMES_POINT(name, is_watermark)                                                                    \
  [[gnu::section("syncer_sometimes"), gnu::used]] static constinit const ::syncer::sometimes::Point sometimes_point { \
    name, __FILE__, __LINE__, is_watermark                                                                            \
  }

/// Notes that `condition` holds here at least once in some run.
#define SYNCER_SOMETIMES(condition, name)                                           \
  do {                                                                              \
    SYNCER_SOMETIMES_POINT(name, false);                                            \
    if (::syncer::sometimes::listener != nullptr) [[unlikely]] {                    \
      if (condition) ::syncer::sometimes::listener->on_reached(sometimes_point, 1); \
    }                                                                               \
  } while (false)

/// Notes the largest value of a number.
#define SYNCER_WATERMARK(value, name)                                                                \
  do {                                                                                               \
    SYNCER_SOMETIMES_POINT(name, true);                                                              \
    if (::syncer::sometimes::listener != nullptr) [[unlikely]] {                                     \
      ::syncer::sometimes::listener->on_reached(sometimes_point, static_cast<std::uint64_t>(value)); \
    }                                                                                                \
  } while (false)
