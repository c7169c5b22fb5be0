// SPDX-License-Identifier: Apache-2.0
#include "mocksc/fault/proxy_answer.h"

#include <chrono>
#include <string>

namespace mocksc {
namespace {

std::string page_of(Page page, int status) {
  const std::string code = std::to_string(status);
  if (page == Page::Text) return "upstream says " + code + "\n";
  if (page == Page::None) return "";
  return "<html><head><title>" + code + "</title></head><body><h1>" + code + "</h1><hr>proxy</body></html>\n";
}

}  // namespace

syncer::HttpResponse proxy_answer(const Failure& failure) {
  const char* type = failure.page == Page::Html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
  syncer::HttpResponse out{failure.status, {{"Content-Type", type}}, page_of(failure.page, failure.status)};
  if (failure.retry_after)
    out.headers.add("Retry-After", std::to_string(*failure.retry_after / std::chrono::seconds(1)));
  if (!failure.location.empty()) out.headers.add("Location", failure.location);
  return out;
}

}  // namespace mocksc
