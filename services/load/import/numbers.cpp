#include "services/load/import/numbers.hpp"

#include "actors/model/directory.hpp"
#include "services/config/wording.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace strowger::services::load::sipp {

namespace {

/// So many users stand for [call_number], which has no end.
constexpr int counted_users = 100;

/// A file with a wrong column is wrong in every line; nobody reads them all.
constexpr std::size_t max_remarks = 10;

class finder {
public:
  finder(const behaviour& who, const injection* values)
    : who_(who), values_(values) {
    // nop
  }

  numbers find() {
    if (!values_ && takes_values()) {
      result_.error = "the scenario takes values from an injection file; name "
                      "it by --csv";
      return std::move(result_);
    }
    find_users();
    if (who_.calls)
      find_called();
    find_domain();
    if (who_.login_field && !has_login_)
      remark("field" + std::to_string(*who_.login_field)
             + " is a header of its own, which is not sent");
    if (values_ && !takes_values())
      remark(values_->file + ": nothing is taken from it");
    remark_order();
    if (left_out_ > max_remarks)
      result_.remarks.push_back("and " + std::to_string(left_out_ - max_remarks)
                                + " lines more are left out");
    if (result_.users.empty())
      result_.error = "no line has a number that a user can have";
    else if (who_.calls && result_.called.empty())
      result_.error = "no line has a number that can be called";
    return std::move(result_);
  }

private:
  bool takes_values() const {
    return who_.user.field || who_.login_field || who_.password.field
           || who_.domain.field || (who_.calls && who_.calls->to.field);
  }

  void remark(std::string text) {
    result_.remarks.push_back(std::move(text));
  }

  /// One line of the injection file counts for nothing.
  void leave_out(int line, const std::string& why) {
    if (++left_out_ <= max_remarks)
      remark(values_->file + ":" + std::to_string(line) + ": left out: " + why);
  }

  /// Empty: the line has no such column.
  static std::string field_of(const injection::row& row, std::size_t index) {
    return index < row.fields.size() ? row.fields[index] : "";
  }

  static std::string value_of(const source& x, const injection::row& row) {
    return x.prefix + (x.field ? field_of(row, *x.field) : "") + x.suffix;
  }

  /// What the source makes without a file; `otherwise` if that is no number.
  std::vector<std::string> literal(const source& x, std::string otherwise) {
    if (x.counted) {
      std::vector<std::string> result;
      for (int i = 1; i <= counted_users; ++i)
        result.push_back(x.prefix + std::to_string(i) + x.suffix);
      remark(config::quoted(x.prefix + "1" + x.suffix) + " to "
             + config::quoted(result.back())
             + " stand for numbers without end");
      if (model::number_fault(result.front()).empty())
        return result;
    }
    auto number = x.prefix + x.suffix;
    auto fault = model::number_fault(number);
    if (fault.empty())
      return {number};
    if (!number.empty())
      remark(config::quoted(number) + " " + std::string(fault) + "; "
             + config::quoted(otherwise) + " stands for it");
    return {std::move(otherwise)};
  }

  std::string password_of(const injection::row& row) {
    if (who_.login_field) {
      auto login = find_authentication(field_of(row, *who_.login_field));
      has_login_ = has_login_ || login;
      if (login)
        return login->password.empty() ? "password" : login->password;
    }
    return who_.proves ? value_of(who_.password, row) : "";
  }

  bool has_passwords_in_file() const {
    return who_.login_field || (who_.proves && who_.password.field);
  }

  void find_users() {
    if (who_.user.field || has_passwords_in_file()) {
      users_from_file();
      return;
    }
    auto password = who_.proves ? who_.password.prefix + who_.password.suffix
                                : "";
    for (auto& x : literal(who_.user, who_.answers ? "service" : "sipp"))
      result_.users.push_back({x, password});
  }

  void users_from_file() {
    result_.users_from_file = true;
    std::set<std::string, std::less<>> seen;
    for (auto& row : values_->rows) {
      auto number = who_.user.empty() ? "sipp" : value_of(who_.user, row);
      if (auto fault = model::number_fault(number); !fault.empty())
        leave_out(row.line, "the user " + config::quoted(number) + " "
                              + std::string(fault));
      else if (seen.insert(number).second)
        result_.users.push_back({number, password_of(row)});
      else if (!is_told_twice_) {
        is_told_twice_ = true;
        remark(values_->file + ":" + std::to_string(row.line) + ": "
               + config::quoted(number) + " is a user already; each is one");
      }
    }
    check_file(who_.user);
  }

  void find_called() {
    auto& to = who_.calls->to;
    if (!to.field) {
      result_.called = literal(to, "service");
      if (result_.called.front() == "service")
        remark("\"service\" is called, as without SIPp's option -s; whom to "
               "call stands in calls: {to}");
      return;
    }
    result_.called_from_file = true;
    for (auto& row : values_->rows) {
      auto number = value_of(to, row);
      if (auto fault = model::number_fault(number); !fault.empty())
        leave_out(row.line, "the number " + config::quoted(number) + " "
                              + std::string(fault));
      else
        result_.called.push_back(std::move(number));
    }
    check_file(to);
    if (result_.users_from_file)
      remark("who calls whom is drawn at random, not by the line");
  }

  /// A scenario has one for all.
  void find_domain() {
    auto& x = who_.domain;
    auto found = x.prefix + x.suffix;
    if (x.field && values_) {
      found = value_of(x, values_->rows.front());
      if (std::ranges::any_of(values_->rows, [&](auto& row) {
            return value_of(x, row) != found;
          }))
        remark("domains differ; that of the first line is taken for all");
    }
    if (!x.unknown.empty())
      remark("what [" + x.unknown
             + "] stands for is not known here; the "
               "domain is the host of the target");
    else if (config::parse_listen_address(found + ":0"))
      result_.domain = found;
    else if (!found.empty())
      remark(config::quoted(found)
             + " is no host; the domain is that of the "
               "target");
  }

  /// Scenarios of SIPp may read several files; there is one here.
  void check_file(const source& x) {
    auto given = std::filesystem::path{values_->file}.filename().string();
    auto wanted = std::filesystem::path{x.field_file}.filename().string();
    if (!wanted.empty() && wanted != given)
      remark("field" + std::to_string(*x.field) + " is one of " + wanted
             + "; it is taken from " + given);
  }

  void remark_order() {
    if (!values_ || !result_.users_from_file || !who_.calls)
      return;
    if (values_->taken == injection::order::random)
      remark("lines are taken at random; users call in turn");
    else if (values_->taken == injection::order::user)
      remark("each user has one call at a time; users call when the arrivals "
             "say so (arrivals: {users: {}} is nearer to it)");
  }

  const behaviour& who_;
  const injection* values_;
  numbers result_;
  std::size_t left_out_ = 0;
  bool is_told_twice_ = false;
  bool has_login_ = false; // in a line of the file
};

} // namespace

numbers find_numbers(const behaviour& who, const injection* values) {
  return finder(who, values).find();
}

} // namespace strowger::services::load::sipp
