// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pareto.h"

#include <algorithm>
#include <cstdint>

namespace sim::sweep {
namespace {

using report::brief;

constexpr std::int64_t kWidth = 460;
constexpr std::int64_t kHeight = 340;
constexpr std::int64_t kMargin = 60;
constexpr std::int64_t kTop = 50;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
  }
  return out;
}

/// From 0 to the largest value, over the length of an axis.
std::int64_t scale(std::uint64_t value, std::uint64_t most, std::int64_t length) {
  return most == 0 ? 0 : static_cast<std::int64_t>(value * static_cast<std::uint64_t>(length) / most);
}

std::string words(std::int64_t x, std::int64_t y, const std::string& text, const char* anchor = "middle") {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" + anchor + "\">" +
         escaped(text) + "</text>\n";
}

std::string line(std::int64_t x1, std::int64_t y1, std::int64_t x2, std::int64_t y2, const std::string& look) {
  return "<line class=\"" + look + "\" x1=\"" + std::to_string(x1) + "\" y1=\"" + std::to_string(y1) + "\" x2=\"" +
         std::to_string(x2) + "\" y2=\"" + std::to_string(y2) + "\"/>\n";
}

/// One panel; `cost_of` gives what stands on its horizontal axis.
class Panel {
 public:
  using Cost = std::uint64_t (*)(const Outcome&);

  Panel(const std::vector<Outcome>& all, std::int64_t left, const char* label, Cost cost)
      : all_(all), left_(left), label_(label), cost_(cost) {
    for (const Outcome& one : all) {
      slowest_ = std::max(slowest_, static_cast<std::uint64_t>(one.visible_p99.count()));
      dearest_ = std::max(dearest_, cost(one));
    }
  }

  std::string draw() const {
    std::string out = axes();
    std::vector<const Outcome*> best;
    for (const Outcome& one : all_) {
      out += bar(one);
      if (one.is_best) best.push_back(&one);
    }
    std::sort(best.begin(), best.end(), [this](const auto* a, const auto* b) { return cost_(*a) < cost_(*b); });
    for (std::size_t i = 1; i < best.size(); ++i) {
      out += line(x(*best[i - 1]), y(best[i - 1]->visible_p99), x(*best[i]), y(best[i]->visible_p99), "best");
    }
    return out;
  }

 private:
  std::int64_t x(const Outcome& one) const { return left_ + scale(cost_(one), dearest_, kWidth - 2 * kMargin); }
  std::int64_t y(Duration time) const {
    return kTop + kHeight - scale(static_cast<std::uint64_t>(time.count()), slowest_, kHeight);
  }

  std::string axes() const {
    const std::int64_t bottom = kTop + kHeight;
    const std::int64_t right = left_ + kWidth - 2 * kMargin;
    return line(left_, bottom, right, bottom, "axis") + line(left_, kTop, left_, bottom, "axis") +
           words((left_ + right) / 2, bottom + 34, label_) + words(left_, bottom + 16, "0") +
           words(right, bottom + 16, std::to_string(dearest_)) +
           words(left_ - 6, kTop + 5, brief(Duration(static_cast<std::int64_t>(slowest_))), "end") +
           words(left_ - 6, bottom, "0", "end");
  }

  std::string bar(const Outcome& one) const {
    const std::string look = one.failed > 0 ? "failed" : one.is_best ? "chosen" : "other";
    const std::string more = "\n" + one.text + "\nvisible p50 " + brief(one.visible_p50) + ", p99 " +
                             brief(one.visible_p99) + "\n" + std::to_string(one.bytes) + " bytes/node/s, " +
                             std::to_string(one.requests) + " requests";
    std::string out = "<g class=\"" + look + "\"><title>" + escaped(more) + "</title>\n";
    out += line(x(one), y(one.visible_p50), x(one), y(one.visible_p99), "bar");
    out +=
        "<circle cx=\"" + std::to_string(x(one)) + "\" cy=\"" + std::to_string(y(one.visible_p99)) + "\" r=\"4\"/>\n";
    if (one.is_best) out += words(x(one) + 7, y(one.visible_p99) - 5, one.text, "start");
    return out + "</g>\n";
  }

  const std::vector<Outcome>& all_;
  std::int64_t left_;
  const char* label_;
  Cost cost_;
  std::uint64_t slowest_ = 0;
  std::uint64_t dearest_ = 0;
};

constexpr const char* kStyle =
    "<style>text{font:12px "
    "sans-serif;fill:#333}.axis{stroke:#888}.bar{stroke-width:2}.best{stroke:#0a7;stroke-dasharray:4}"
    ".chosen .bar{stroke:#0a7}.chosen circle{fill:#0a7}.other .bar{stroke:#89b}.other circle{fill:#89b}"
    ".failed .bar{stroke:#c33}.failed circle{fill:#c33}</style>\n";

}  // namespace

std::string pareto_picture(const std::string& title, const std::vector<Outcome>& all) {
  const Panel bytes(all, kMargin, "bytes a node and second", [](const Outcome& o) { return o.bytes; });
  const Panel requests(all, kWidth + kMargin, "requests to registries", [](const Outcome& o) { return o.requests; });
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(2 * kWidth) + "\" height=\"" +
         std::to_string(kTop + kHeight + 50) + "\">\n" + kStyle +
         words(kWidth, 20, title + ": time until a registration shows, p50 to p99") + bytes.draw() + requests.draw() +
         "</svg>\n";
}

}  // namespace sim::sweep
