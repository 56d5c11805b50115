package whorl.collector.cli.completion;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The script for fish. */
final class FishScript {
  private static final String FUNCTIONS =
      """
      # Completes whorl. Made by `whorl completion fish`; it changes with the version of whorl only.
      function __whorl_position
          set -l path whorl
          set -l skip 0
          set -l count 0
          for word in (commandline -opc)[2..-1]
              if test $skip -eq 1
                  set skip 0
              else if string match -q -- '-*' $word
                  if contains -- "$path $word" $__whorl_valued
                      set skip 1
                  end
              else if test $count -eq 0; and contains -- "$path $word" $__whorl_commands
                  set path "$path $word"
              else
                  set count (math $count + 1)
              end
          end
          echo "$path:$count"
      end

      function __whorl_at
          string match -q -- "$argv[1]:*" (__whorl_position)
      end

      function __whorl_nth
          string match -q -- "$argv[1]" (__whorl_position)
      end

      complete -c whorl -e
      complete -c whorl -f
      """;

  private FishScript() {}

  static String of(List<Completions.Command> commands) {
    StringBuilder text = new StringBuilder();
    text.append(FUNCTIONS);
    text.append(
        list("__whorl_commands", commands.stream().map(Completions.Command::path).toList()));
    text.append(
        list(
            "__whorl_valued",
            commands.stream()
                .flatMap(
                    command ->
                        command.options().stream()
                            .filter(option -> !option.offer().isFlag())
                            .flatMap(option -> option.names().stream())
                            .map(name -> command.path() + " " + name))
                .toList()));
    commands.forEach(command -> add(text, command));
    return text.toString();
  }

  private static String list(String name, List<String> values) {
    return "set -g "
        + name
        + " "
        + values.stream().map(FishScript::quoted).collect(Collectors.joining(" "))
        + "\n";
  }

  private static void add(StringBuilder text, Completions.Command command) {
    for (Map.Entry<String, String> sub : command.subcommands().entrySet()) {
      line(text, "__whorl_nth '" + command.path() + ":0'")
          .append(" -a ")
          .append(quoted(sub.getKey()))
          .append(" -d ")
          .append(quoted(sub.getValue()))
          .append('\n');
    }
    for (Completions.Choice option : command.options()) {
      line(text, "__whorl_at '" + command.path() + "'");
      for (String name : option.names()) {
        boolean isLong = name.startsWith("--");
        text.append(isLong ? " -l " : " -s ").append(name.substring(isLong ? 2 : 1));
      }
      if (!option.offer().isFlag()) {
        text.append(offered(option.offer(), " -x", " -r"));
      }
      text.append(" -d ").append(quoted(option.description())).append('\n');
    }
    int last = command.arguments().size() - 1;
    for (int i = 0; command.subcommands().isEmpty() && i <= last; i++) {
      Offer offer = command.arguments().get(i);
      if (!offer.equals(Offer.ANY)) {
        String position = i == last && command.repeats() ? "*" : Integer.toString(i);
        line(text, "__whorl_nth '" + command.path() + ":" + position + "'")
            .append(offered(offer, "", ""))
            .append('\n');
      }
    }
  }

  private static StringBuilder line(StringBuilder text, String condition) {
    return text.append("complete -c whorl -n ").append('"').append(condition).append('"');
  }

  private static String offered(Offer offer, String only, String required) {
    if (offer.isFile()) {
      return required + " -F";
    }
    if (!offer.words().isEmpty()) {
      return only + " -a " + quoted(offer.words());
    }
    return offer.kind().isEmpty()
        ? only
        : only + " -a " + quoted("(whorl complete " + offer.kind() + " 2>/dev/null)");
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
