#include "services/ctl/completion.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::services::ctl {

namespace {

/// What may come after the same sub-commands.
struct level {
  std::string path; // sub-commands, each after a blank
  std::vector<std::pair<std::string, std::string>> commands; // name, meaning
  std::vector<std::pair<std::string, std::string>> options;
};

void add_options(const CLI::App& app, level& to) {
  for (auto option : app.get_options())
    for (auto& name : option->get_lnames()) {
      std::pair next{"--" + name, option->get_description()};
      // Every sub-command has a --help of its own.
      if (std::find(to.options.begin(), to.options.end(), next)
          == to.options.end())
        to.options.push_back(std::move(next));
    }
}

/// `app` and all below it.
void collect(const CLI::App& app, const std::string& path,
             std::vector<level>& to) {
  level here;
  here.path = path;
  add_options(app, here);
  for (auto at = &app; at->get_fallthrough() && at->get_parent();
       at = at->get_parent())
    add_options(*at->get_parent(), here);
  auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  for (auto command : commands)
    here.commands.emplace_back(command->get_name(), command->get_description());
  to.push_back(std::move(here));
  for (auto command : commands)
    collect(*command, path + " " + command->get_name(), to);
}

/// Nothing in a word ends it, in either shell.
std::string shell_word(std::string_view text) {
  std::string result = "'";
  for (auto c : text)
    result += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return result + "'";
}

/// Every path, to tell sub-commands from values of options.
std::string known_paths(const std::vector<level>& levels) {
  std::string result = "|";
  for (auto& x : levels)
    result += x.path + "|";
  return result;
}

std::string bash_script(const std::string& name,
                        const std::vector<level>& levels) {
  std::string result
    = "# bash completion of " + name + "\n_" + name
      + "() {\n"
        "  local path='' word known="
      + shell_word(known_paths(levels))
      + "\n"
        "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "    [[ $known == *\"|$path $word|\"* ]] &&"
        " path+=\" $word\"\n"
        "  done\n"
        "  local choices=''\n"
        "  case $path in\n";
  for (auto& x : levels) {
    std::string words;
    for (auto list : {&x.commands, &x.options})
      for (auto& [word, meaning] : *list)
        words += (words.empty() ? "" : " ") + word;
    result += "    " + shell_word(x.path) + ") choices=" + shell_word(words)
              + " ;;\n";
  }
  return result
         + "  esac\n"
           "  COMPREPLY=($(compgen -W \"$choices\" --"
           " \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "}\n"
           "complete -o default -F _"
         + name + " " + name + "\n";
}

/// `name:meaning` for _describe; a colon would end the name.
std::string described(const std::pair<std::string, std::string>& x) {
  std::string name;
  for (auto c : x.first)
    name += c == ':' ? std::string{"\\:"} : std::string(1, c);
  return shell_word(name + ":" + x.second);
}

std::string zsh_script(const std::string& name,
                       const std::vector<level>& levels) {
  std::string result = "#compdef " + name + "\n_" + name
                       + "() {\n"
                         "  local here='' word known="
                       + shell_word(known_paths(levels))
                       + "\n"
                         "  local -a commands options\n"
                         "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
                         "    [[ $known == *\"|$here $word|\"* ]] &&"
                         " here+=\" $word\"\n"
                         "  done\n"
                         "  case $here in\n";
  for (auto& x : levels) {
    result += "    " + shell_word(x.path) + ")\n      commands=(";
    for (auto& command : x.commands)
      result += "\n        " + described(command);
    result += ")\n      options=(";
    for (auto& option : x.options)
      result += "\n        " + described(option);
    result += ") ;;\n";
  }
  return result
         + "  esac\n"
           "  if [[ $PREFIX == -* ]]; then\n"
           "    _describe option options\n"
           "  elif (( $#commands )); then\n"
           "    _describe command commands\n"
           "  else\n"
           "    _files\n"
           "  fi\n"
           "}\n"
           "compdef _"
         + name + " " + name + "\n";
}

} // namespace

std::string completion_script(const CLI::App& program, shell which) {
  std::vector<level> levels;
  collect(program, "", levels);
  switch (which) {
    case shell::bash:
      return bash_script(program.get_name(), levels);
    case shell::zsh:
      return zsh_script(program.get_name(), levels);
  }
  return {};
}

} // namespace strowger::services::ctl
