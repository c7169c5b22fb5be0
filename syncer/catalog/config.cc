// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/config.h"

namespace syncer::catalog {

settings::Settings<RegistrySettings> registry_settings() {
  using S = RegistrySettings;
  return {
      settings::texts("registry.addresses", &S::addresses, "URLs of the registry, in order of preference"),
      settings::number("registry.concurrency", 1, 1024, &S::concurrency, "requests under way at once"),
      settings::text("registry.domain", &S::domain, "tenant of the registry, where it has such"),
      settings::live(settings::texts("registry.exclude-services", &S::excluded_services,
                                     "names of services that are neither given to other regions nor taken from them")),
      settings::text("registry.kind", &S::kind, "what kind of registry it is"),
      settings::optional_text("registry.password-file", &S::password_file,
                              "file with the password of registry.user, read at the start; empty for none"),
      settings::texts("registry.projects", &S::projects, "projects that are kept the same"),
      settings::live(settings::positive("registry.timeout", &S::request_timeout, "deadline of one request")),
      settings::optional_text("registry.token-file", &S::token_file, "file with a bearer token; empty for none"),
      settings::optional_text("registry.user", &S::user,
                              "whom a registry knows that wants a name and a password; empty for none"),
      settings::live(settings::number(
          "registry.writes-per-second", 1, 1'000'000, &S::writes_per_second,
          "ceiling on registrations, updates and removals of copies; below it the rate follows what the "
          "registry takes")),
      settings::live(settings::positive("sync.interval", &S::poll_interval,
                                        "time between two reads of the registry, where reading it is cheap")),
      settings::live(
          settings::positive("sync.longest-interval", &S::longest_poll_interval,
                             "up to which that is stretched by what reading costs (sync.interval, if that is longer)")),
  };
}

settings::Settings<GuardSettings> guard_settings() {
  using S = GuardSettings;
  return settings::live<S>({
      settings::positive("guard.hold", &S::hold,
                         "a removal is held for the lease of its instance, and never longer than this"),
      settings::number("guard.minimum", 1, 1'000'000'000, &S::minimum,
                       "fewer instances whose leases ended at once, and that nothing replaced, are ordinary removals; "
                       "so many are held if they are guard.share of the region and of guard.services services"),
      settings::number("guard.services", 1, 1'000'000'000, &S::services,
                       "instances of fewer services are an undeployment, however many expire at once"),
      settings::ratio("guard.share", &S::share, "a smaller share of a region that expires at once is ordinary"),
  });
}

Result<void> validate(const RegistrySettings& s) {
  if (s.addresses.empty()) return settings::refuse("registry.addresses", "at least one service center is needed");
  if (s.user.empty() != s.password_file.empty()) {
    return settings::refuse(s.user.empty() ? "registry.user" : "registry.password-file",
                            "registry.user and registry.password-file go together");
  }
  if (s.projects.empty()) return settings::refuse("registry.projects", "at least one project is needed");
  if (!s.user.empty() && !s.token_file.empty()) {
    return settings::refuse("registry.token-file", "goes without registry.user: one of them proves who asks");
  }
  return {};
}

}  // namespace syncer::catalog
