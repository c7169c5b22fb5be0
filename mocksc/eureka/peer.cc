// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/peer.h"

#include <array>
#include <ctime>
#include <utility>

#include "syncer/base/bytes.h"
#include "syncer/base/quantity.h"

namespace mocksc::eureka {
namespace {

using syncer::HttpRequest;
using syncer::HttpResponse;

constexpr const char* kJson = "application/json";
constexpr const char* kXml = "application/xml";
constexpr std::string_view kUnparsed = R"({"error": "cannot parse request body"})";

const char* reason_of(int status) {
  switch (status) {
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 415:
      return "Unsupported Media Type";
    default:
      return "Internal Server Error";
  }
}

std::string header(const HttpRequest& request, std::string_view name) {
  const std::string* value = request.headers.find(name);
  return value == nullptr ? std::string() : *value;
}

Format format_of(const HttpRequest& request) {
  if (header(request, "Accept").find("json") == std::string::npos) return Format::Xml;
  return header(request, "X-Eureka-Accept") == "compact" ? Format::Compact : Format::Json;
}

std::string iso(Millis at) {
  const std::time_t seconds = at / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03d+00:00", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(at % 1000));
  return text.data();
}

HttpResponse empty(int status) { return {status, {}, {}}; }

HttpResponse refusal(std::string text) {
  return {400, {{"Content-Type", kJson}, {"Connection", "close"}}, std::move(text)};
}

HttpResponse body(const HttpRequest& request, Format format, std::string text, bool may_compress) {
  HttpResponse out{200, {{"Content-Type", format == Format::Xml ? kXml : kJson}}, std::move(text)};
  if (may_compress && header(request, "Accept-Encoding").find("gzip") != std::string::npos)
    out.headers.add("Content-Encoding", "gzip");
  return out;
}

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = (bits << 8U) | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k <= text.size() && k <= text.size() - i ? kDigits[(bits >> (18U - 6U * k)) & 63U] : '=';
  }
  return out;
}

Millis milliseconds(syncer::Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

Peer::Peer(const Options& options, const syncer::Random& random, Millis started)
    : options_(options),
      registry_(options, random),
      cache_(options.read_only_cache, std::max<Millis>(milliseconds(options.cache_interval), 1),
             milliseconds(options.load_time), [this](const Cache::Key& key) { return make(key); }),
      started_(started) {
  registry_.set_on_change([this](Millis now, const Instance& instance) { cache_.invalidate(now, instance); });
}

bool Peer::is_allowed(const HttpRequest& request) const {
  if (options_.user.empty()) return true;
  return header(request, "Authorization") == "Basic " + base64(options_.user + ":" + options_.password);
}

bool Peer::serves_lists(Millis now) const {
  const Millis wait = milliseconds(options_.wait_when_empty);
  return !started_empty_ || now > started_ + wait || wait == 0;
}

HttpResponse Peer::handle(Millis now, const HttpRequest& request, std::string_view client, const ReadFault& fault) {
  const Route route = route_of(request, options_.path);
  const bool replicated = header(request, "x-netflix-discovery-replication") == "true";
  return answer({now, route, request, client, replicated}, fault);
}

HttpResponse Peer::answer(const Asked& asked, const ReadFault& fault) {
  if (!is_allowed(asked.request)) return error(asked, 401);
  if (asked.route.bad) return {400, {{"Content-Type", "text/html;charset=utf-8"}}, "<!doctype html>"};
  if (!asked.route.allowed.empty()) return error(asked, 405);
  switch (asked.route.call) {
    case Call::List:
      return list(asked, Cache::Kind::Apps, fault);
    case Call::Delta:
      return options_.delta ? list(asked, Cache::Kind::Delta, fault) : error(asked, 403);
    case Call::App:
      return list(asked, Cache::Kind::App, fault);
    case Call::Vip:
      return list(asked, Cache::Kind::Vip, fault);
    case Call::SecureVip:
      return list(asked, Cache::Kind::SecureVip, fault);
    case Call::Instance:
      return one(asked, registry_.find(asked.now, {asked.route.app, asked.route.id}));
    case Call::InstanceById:
      return one(asked, registry_.find_by_id(asked.now, asked.route.id));
    case Call::Register:
      return enrol(asked);
    case Call::Renew:
      return renew(asked);
    case Call::Cancel:
      return cancel(asked);
    case Call::SetStatus:
      return set_status(asked, false);
    case Call::DropStatus:
      return set_status(asked, true);
    case Call::AddMetadata:
      return add_metadata(asked);
    case Call::ServerStatus:
      return error(asked, 500);
    case Call::Unknown:
      break;
  }
  return error(asked, 404);
}

/// As Spring Boot says it; a path whose last part looks like a file's name gets a header of its own.
HttpResponse Peer::error(const Asked& asked, int status) const {
  HttpResponse out{status, {}, {}};
  if (status == 405) out.headers.add("Allow", asked.route.allowed);
  const std::string& path = asked.route.path;
  if (path.find('.', path.rfind('/')) != std::string::npos)
    out.headers.add("Content-Disposition", "inline;filename=f.txt");
  out.headers.add("Content-Type", kJson);
  if (status == 500) out.headers.add("Connection", "close");
  out.body = R"({"timestamp":")" + iso(asked.now) + R"(","status":)" + std::to_string(status) + R"(,"error":")" +
             reason_of(status) + R"(","path":")" + path + "\"}";
  return out;
}

HttpResponse Peer::list(const Asked& asked, Cache::Kind kind, const ReadFault& fault) {
  if (!serves_lists(asked.now)) return error(asked, 403);
  const bool v2 = asked.route.path.starts_with(options_.path + "/v2/");
  const Cache::Key key{kind, asked.route.app, format_of(asked.request), v2 ? "v2" : ""};
  const std::string text = fault.is_none() ? cache_.get(asked.now, key) : rendered(key, fault);
  if (text.empty()) return error(asked, 404);
  const bool may_compress = kind == Cache::Kind::Apps || kind == Cache::Kind::Delta;
  return body(asked.request, key.format, text, may_compress);
}

std::string Peer::make(const Cache::Key& key) {
  if (key.kind == Cache::Kind::Delta) ++deltas_;
  return rendered(key, {});
}

std::string Peer::rendered(const Cache::Key& key, const ReadFault& fault) {
  const auto seen = [&](Listing listing) {
    for (auto& [name, instances] : listing)
      std::erase_if(instances, [&](const Instance* one) { return fault.hides(one->key()); });
    std::erase_if(listing, [](const auto& app) { return app.second.empty(); });
    return listing;
  };
  const auto apps = [&](const Listing& listing, const std::string& version, const std::string& hash) {
    return render_apps(listing, version, hash, key.format);
  };
  switch (key.kind) {
    case Cache::Kind::Apps: {
      const Listing all = seen(registry_.listing());
      // Who cuts a list on its way leaves the hash code alone; an empty one is that of a server without instances.
      return apps(all, "1", hash_of(fault.keep.numerator == 0 ? all : registry_.listing()));
    }
    case Cache::Kind::Delta:
      return apps(seen(registry_.delta()), std::to_string(deltas_), hash_of(registry_.listing()));
    case Cache::Kind::App: {
      const Listing some = seen(registry_.listing_of(key.name));
      return some.empty() ? "" : render_app(key.name, some.begin()->second, key.format);
    }
    case Cache::Kind::Vip:
    case Cache::Kind::SecureVip: {
      const bool secure = key.kind == Cache::Kind::SecureVip;
      const Listing some = seen(registry_.listing_by_address(secure ? "secureVipAddress" : "vipAddress", key.name));
      return apps(some, "-1", hash_of(some));
    }
  }
  return "";
}

HttpResponse Peer::one(const Asked& asked, const Instance* instance) const {
  if (instance == nullptr) return error(asked, 404);
  const Format format = format_of(asked.request) == Format::Xml ? Format::Xml : Format::Json;
  return body(asked.request, format, render_instance(*instance, format), false);
}

HttpResponse Peer::enrol(const Asked& asked) {
  const std::string type = header(asked.request, "Content-Type");
  const bool xml = type.starts_with(kXml);
  if (!xml && !type.starts_with(kJson)) return error(asked, 415);
  auto instance = xml ? parse_xml(asked.request.body) : parse_json(asked.request.body);
  if (!instance) return refusal(std::string(kUnparsed));
  if (std::string wrong = complaint(*instance, asked.route.app); !wrong.empty()) return refusal(std::move(wrong));
  const Registry::Name name{instance->app, instance->key()};
  registry_.add(asked.now, std::move(*instance), asked.replicated, asked.client);
  if (!asked.replicated) out_.push_back({Call::Register, name, registry_.instances().at(name), ""});
  return empty(204);
}

HttpResponse Peer::renew(const Asked& asked) {
  const Registry::Name name{asked.route.app, asked.route.id};
  std::optional<Millis> dirty;
  if (const auto sent = asked.route.query.find("lastDirtyTimestamp"); sent != asked.route.query.end()) {
    const auto number = syncer::parse_number(sent->second, INT64_MAX);
    if (!number) return error(asked, 500);
    dirty = static_cast<Millis>(*number);
  }
  const Renewal renewal = registry_.renew(asked.now, name, dirty, asked.replicated);
  if (renewal != Renewal::Unknown) pass_on(asked, Call::Renew);
  if (renewal == Renewal::Older && asked.replicated) {
    HttpResponse conflict = one(asked, registry_.find(asked.now, name));
    conflict.status = 409;
    return conflict;
  }
  if (renewal == Renewal::Done || renewal == Renewal::Older) return empty(200);
  const auto status = asked.route.query.find("overriddenstatus");
  if (renewal == Renewal::Newer && asked.replicated && status != asked.route.query.end() && is_status(status->second))
    registry_.note_override(name, status->second);
  return error(asked, 404);
}

HttpResponse Peer::cancel(const Asked& asked) {
  const Registry::Name name{asked.route.app, asked.route.id};
  if (!registry_.cancel(asked.now, name, asked.client)) return error(asked, 404);
  if (!asked.replicated) out_.push_back({Call::Cancel, name, {}, ""});
  return empty(200);
}

HttpResponse Peer::set_status(const Asked& asked, bool drop) {
  const Registry::Name name{asked.route.app, asked.route.id};
  const auto value = asked.route.query.find("value");
  const std::string status = value != asked.route.query.end() ? value->second : drop ? "UNKNOWN" : "";
  if (!registry_.instances().contains(name)) return error(asked, 404);
  if (!is_status(status)) return error(asked, 500);
  if (drop)
    registry_.drop_override(asked.now, name, status, asked.client);
  else
    registry_.set_override(asked.now, name, status, asked.client);
  pass_on(asked, drop ? Call::DropStatus : Call::SetStatus, status);
  return empty(200);
}

HttpResponse Peer::add_metadata(const Asked& asked) {
  if (!registry_.add_metadata(asked.now, {asked.route.app, asked.route.id}, asked.route.query, asked.client))
    return error(asked, 404);
  pass_on(asked, Call::Register);
  return empty(200);
}

void Peer::pass_on(const Asked& asked, Call call, const std::string& status) {
  if (asked.replicated) return;
  const Registry::Name name{asked.route.app, asked.route.id};
  const auto found = registry_.instances().find(name);
  out_.push_back({call, name, found == registry_.instances().end() ? Instance{} : found->second, status});
}

bool Peer::replicate(Millis now, const Replication& what) {
  switch (what.call) {
    case Call::Register:
      registry_.add(now, what.instance, true, "");
      return true;
    case Call::Renew: {
      const Renewal renewal = registry_.renew(now, what.name, what.instance.dirty, true);
      return renewal == Renewal::Done || renewal == Renewal::Older;
    }
    case Call::Cancel:
      registry_.cancel(now, what.name, "");
      return true;
    case Call::SetStatus:
      registry_.set_override(now, what.name, what.status, "");
      return true;
    case Call::DropStatus:
      registry_.drop_override(now, what.name, what.status, "");
      return true;
    default:
      return true;
  }
}

void Peer::advance(Millis now) {
  registry_.advance(now);
  if (options_.read_only_cache) cache_.refresh(now);
}

void Peer::restart(Millis now, const Registry* from) {
  const bool others = from != nullptr && !from->instances().empty();
  if (others)
    registry_.restore(now, *from);
  else
    registry_.clear(now, true);
  cache_.clear();
  out_.clear();
  started_ = now;
  started_empty_ = !others;
}

void Peer::take_over(const Peer& other) {
  Listener none;
  registry_ = other.registry_;
  registry_.set_listener(none);
  registry_.set_on_change([this](Millis now, const Instance& instance) { cache_.invalidate(now, instance); });
  started_ = other.started_;
  started_empty_ = other.started_empty_;
  deltas_ = other.deltas_;
}

}  // namespace mocksc::eureka
