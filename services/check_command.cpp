#include "services/check_command.hpp"

#include "services/config/config.hpp"

#include <algorithm>

namespace strowger::services {

int check_command(const std::string& path, std::ostream& out,
                  std::ostream& err) {
  auto result = config::load(path);
  for (auto& error : result.errors)
    err << to_string(error) << '\n';
  if (!result.value)
    return 1;
  auto dns = result.value->directory->dns();
  auto trunks = std::ranges::count(dns, model::dn_type::trunk,
                                   &model::dn::type);
  out << path << ": ok, " << dns.size() << " DNs, " << trunks << " trunks\n";
  return 0;
}

} // namespace strowger::services
