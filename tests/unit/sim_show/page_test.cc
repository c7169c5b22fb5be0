// SPDX-License-Identifier: Apache-2.0
#include "sim/show/page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"
#include "sim/show/run_page.h"

namespace sim::show {
namespace {

constexpr const char* kHostile = R"json({
  "scenario": 1, "name": "hostile", "duration": "20s", "about": "</script><script>alert(1)</script>",
  "topology": { "regions": { "r": { "registry": "sc", "syncers": ["a"] } } },
  "events": [ { "id": "boot", "at": "0s", "do": "start", "who": "all", "note": "<!--" } ],
  "expect": [ { "id": "never", "eventually": { "down": "a" }, "after": "10s", "within": "1s" } ] })json";

struct Made {
  scenario::RunResult result;
  std::string data;
  std::string page;
};

Made made(const std::string& text) {
  const auto parsed = scenario::parse("hostile.json", text, check::vocabulary());
  if (!parsed) throw std::invalid_argument(scenario::to_string(parsed.error()));
  Film film(check::make_judge(*parsed));
  const scenario::RunResult result = scenario::run(*parsed, 3, film);
  return {result, page_data(*parsed, text, result, film), page(*parsed, text, result, film)};
}

TEST(Page, HasItsDataAsOneTextWithoutMarkup) {
  const Made one = made(kHostile);
  EXPECT_EQ(one.data.find('<'), std::string::npos);
  const auto json = nlohmann::json::parse(one.data);
  EXPECT_EQ(json.at("about"), "</script><script>alert(1)</script>");
  EXPECT_EQ(json.at("text"), kHostile);
  EXPECT_EQ(json.at("seed"), "3");
  EXPECT_EQ(json.at("verdict"), "violated");
  EXPECT_EQ(json.at("violations").at(0).at("id"), "never");
  EXPECT_EQ(json.at("violations").at(0).at("line"), 5);
  EXPECT_EQ(json.at("sites").at("regions").at(0).at("name"), "r");
  EXPECT_GT(json.at("rows").at("count"), 0);
  EXPECT_NE(one.page.find(one.data), std::string::npos);
}

TEST(Page, IsOneFileThatRunsItsOwnScriptAlone) {
  const std::string page(kRunPage);
  EXPECT_EQ(page.find("{{data}}"), page.rfind("{{data}}"));
  for (const char* left : {"{{style}}", "{{script}}", "{{policy}}"})
    EXPECT_EQ(page.find(left), std::string::npos) << left;
  EXPECT_NE(page.find(std::string("default-src 'none'; ") + std::string(kRunPagePolicy)), std::string::npos);
  for (const char* outside : {"http://", "https://", " src=", "@import", "url("}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
}

}  // namespace
}  // namespace sim::show
