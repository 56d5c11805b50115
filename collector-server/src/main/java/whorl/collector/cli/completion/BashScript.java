package whorl.collector.cli.completion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The script for bash 3.2 and newer, and for zsh. Values from a collector are only compared and
 * never expanded, since services choose their names themselves.
 */
final class BashScript {
  private static final String FUNCTIONS =
      """
      # Completes whorl. Made by `whorl completion`; it changes with the version of whorl only.
      _whorl_offer() {
        local cur=$2 line head=
        case $1 in
          words\\ *)
            case $cur in *,*) head=${cur%,*}, cur=${cur##*,} ;; esac
            for line in ${1#words }; do
              case $line in "$cur"*) COMPREPLY+=("$head$line") ;; esac
            done
            ;;
          from\\ *)
            while IFS= read -r line; do
              line=${line%%$'\\t'*}
              case $line in '') ;; "$cur"*) COMPREPLY+=("$line") ;; esac
            done <<WHORL_END
      $(eval "whorl complete ${1#from }" 2>/dev/null </dev/null)
      WHORL_END
            ;;
          file)
            compopt -o filenames 2>/dev/null
            while IFS= read -r line; do
              case $line in '') ;; *) COMPREPLY+=("$line") ;; esac
            done <<WHORL_END
      $(compgen -f -- "$cur")
      WHORL_END
            ;;
        esac
      }

      _whorl() {
        local cur prev path=whorl word i skip= count=0 REPLY
        COMPREPLY=()
        cur=${COMP_WORDS[COMP_CWORD]}
        prev=${COMP_WORDS[COMP_CWORD-1]}
        if [ "$cur" = '=' ]; then
          cur=
        elif [ "$prev" = '=' ] && [ "$COMP_CWORD" -gt 1 ]; then
          prev=${COMP_WORDS[COMP_CWORD-2]}
        fi
        for ((i = 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if [ "$word" = '=' ]; then
            skip=1
          elif [ -n "$skip" ]; then
            skip=
          else
            case $word in
              -*)
                _whorl_value "$path" "$word"
                skip=$REPLY
                ;;
              *)
                if [ "$count" -eq 0 ] && _whorl_is_command "$path $word"; then
                  path="$path $word"
                else
                  count=$((count + 1))
                fi
                ;;
            esac
          fi
        done
        _whorl_value "$path" "$prev"
        if [ -z "$REPLY" ]; then
          case $cur in
            -*) _whorl_options "$path" ;;
            *) _whorl_argument "$path" "$count" ;;
          esac
        fi
        _whorl_offer "$REPLY" "$cur"
      }
      """;

  private BashScript() {}

  static String of(List<Completions.Command> commands) {
    return FUNCTIONS + tables(commands) + "complete -F _whorl whorl\n";
  }

  static String forZsh(List<Completions.Command> commands) {
    return FUNCTIONS
        + tables(commands)
        + """
        autoload -U +X compinit && compinit
        autoload -U +X bashcompinit && bashcompinit
        complete -F _whorl whorl
        """;
  }

  private static String tables(List<Completions.Command> commands) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    Map<String, List<String>> options = new LinkedHashMap<>();
    Map<String, List<String>> arguments = new LinkedHashMap<>();
    List<String> paths = new ArrayList<>();
    for (Completions.Command command : commands) {
      paths.add(quoted(command.path()));
      List<String> names = new ArrayList<>();
      for (Completions.Choice option : command.options()) {
        for (String name : option.names()) {
          names.add(name);
          if (!option.offer().isFlag()) {
            put(values, option.offer().text(), command.path() + " " + name);
          }
        }
      }
      put(options, "words " + String.join(" ", names), command.path());
      addArguments(arguments, command);
    }
    return function("_whorl_value", "$1 $2", values)
        + function("_whorl_options", "$1", options)
        + arguments(arguments)
        + "\n_whorl_is_command() {\n  case $1 in\n    "
        + String.join("|", paths)
        + ") return 0 ;;\n  esac\n  return 1\n}\n\n";
  }

  private static void addArguments(
      Map<String, List<String>> arguments, Completions.Command command) {
    if (!command.subcommands().isEmpty()) {
      put(
          arguments,
          "words " + String.join(" ", command.subcommands().keySet()),
          command.path() + " 0");
      return;
    }
    int last = command.arguments().size() - 1;
    for (int i = 0; i <= last; i++) {
      boolean repeats = i == last && command.repeats();
      put(arguments, command.arguments().get(i).text(), command.path() + " " + (repeats ? "*" : i));
    }
  }

  private static void put(Map<String, List<String>> table, String offer, String key) {
    table.computeIfAbsent(offer, none -> new ArrayList<>()).add(key);
  }

  private static String function(String name, String on, Map<String, List<String>> table) {
    StringBuilder text =
        new StringBuilder("\n" + name + "() {\n  REPLY=\n  case \"" + on + "\" in\n");
    table.forEach(
        (offer, keys) ->
            text.append("    ")
                .append(String.join("|", keys.stream().map(BashScript::quoted).toList()))
                .append(") REPLY=")
                .append(quoted(offer))
                .append(" ;;\n"));
    return text.append("  esac\n}\n").toString();
  }

  /** Positions come before the star of those that follow. */
  private static String arguments(Map<String, List<String>> table) {
    StringBuilder exact = new StringBuilder();
    StringBuilder rest = new StringBuilder();
    table.forEach(
        (offer, keys) -> {
          for (String key : keys) {
            boolean star = key.endsWith("*");
            String pattern = star ? quoted(key.substring(0, key.length() - 1)) + "*" : quoted(key);
            (star ? rest : exact)
                .append("    ")
                .append(pattern)
                .append(") REPLY=")
                .append(quoted(offer))
                .append(" ;;\n");
          }
        });
    return "\n_whorl_argument() {\n  REPLY=\n  case \"$1 $2\" in\n" + exact + rest + "  esac\n}\n";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
