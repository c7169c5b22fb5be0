// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/config.h"

namespace syncer::catalog {

settings::Settings<RegistrySettings> registry_settings() {
  using S = RegistrySettings;
  return {
      settings::texts("registry.addresses", &S::addresses, "URLs of the registry, in order of preference"),
      settings::number("registry.concurrency", 1, 1024, &S::concurrency, "requests under way at once"),
      settings::text("registry.domain", &S::domain, "tenant of the registry, where it has such"),
      settings::text("registry.kind", &S::kind, "what kind of registry it is"),
      settings::texts("registry.projects", &S::projects, "projects that are kept the same"),
      settings::positive("registry.timeout", &S::request_timeout, "deadline of one request"),
      settings::optional_text("registry.token-file", &S::token_file, "file with a bearer token; empty for none"),
      settings::number("registry.writes-per-second", 1, 1'000'000, &S::writes_per_second,
                       "ceiling on registrations, updates and removals of copies; below it the rate follows what the "
                       "registry takes"),
      settings::positive("sync.interval", &S::poll_interval,
                         "time between two reads of the registry, where reading it is cheap"),
      settings::positive("sync.longest-interval", &S::longest_poll_interval,
                         "up to which that is stretched by what reading costs (sync.interval, if that is longer)"),
  };
}

settings::Settings<GuardSettings> guard_settings() {
  using S = GuardSettings;
  return {
      settings::positive("guard.hold", &S::hold, "frozen removals of a healthy origin go after this"),
      settings::number("guard.minimum", 0, 1'000'000'000, &S::minimum,
                       "so many removals within the window are let go whatever the share, unless they empty a region "
                       "of more than one instance"),
      settings::ratio("guard.share", &S::share,
                      "share of a region whose removal within the window is let go, if it is more than guard.minimum"),
      settings::positive("guard.window", &S::window, "time over which removals are counted"),
  };
}

Result<void> validate(const RegistrySettings& s) {
  if (s.addresses.empty()) return settings::refuse("registry.addresses", "at least one service center is needed");
  if (s.projects.empty()) return settings::refuse("registry.projects", "at least one project is needed");
  return {};
}

}  // namespace syncer::catalog
