package whorl.collector.cli.completion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The script for PowerShell 5.1 and newer. */
final class PowerShellScript {
  private static final String BEFORE =
      """
      # Completes whorl. Made by `whorl completion powershell`; it changes with whorl's version only.
      Register-ArgumentCompleter -Native -CommandName whorl -ScriptBlock {
        param($wordToComplete, $commandAst, $cursorPosition)
      """;

  private static final String AFTER =
      """
        $path = 'whorl'
        $count = 0
        $skip = $false
        $previous = ''
        $commandAst.CommandElements |
          Select-Object -Skip 1 |
          Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
          ForEach-Object {
            $word = $_.Extent.Text
            $previous = $word
            if ($skip) {
              $skip = $false
            } elseif ($word.StartsWith('-')) {
              $skip = $values.ContainsKey("$path $word")
            } elseif ($count -eq 0 -and $options.ContainsKey("$path $word")) {
              $path = "$path $word"
            } else {
              $count++
            }
          }
        $offer = ''
        if ($skip) {
          $offer = $values["$path $previous"]
        } elseif ($wordToComplete.StartsWith('-')) {
          $offer = 'words ' + $options[$path]
        } elseif ($arguments.ContainsKey("$path $count")) {
          $offer = $arguments["$path $count"]
        } elseif ($arguments.ContainsKey("$path *")) {
          $offer = $arguments["$path *"]
        }
        $found = @()
        if ($offer.StartsWith('words ')) {
          $found = $offer.Substring(6).Split(' ') | ForEach-Object { "$_`t$_" }
        } elseif ($offer.StartsWith('from ')) {
          $found = whorl complete $offer.Substring(5) 2>$null
        }
        $found | ForEach-Object {
          $parts = "$_".Split("`t", 2)
          if ($parts[0] -and $parts[0].StartsWith($wordToComplete)) {
            $tip = if ($parts.Length -gt 1 -and $parts[1]) { $parts[1] } else { $parts[0] }
            [System.Management.Automation.CompletionResult]::new(
              $parts[0], $parts[0], 'ParameterValue', $tip)
          }
        }
      }
      """;

  private PowerShellScript() {}

  static String of(List<Completions.Command> commands) {
    Map<String, String> options = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> arguments = new LinkedHashMap<>();
    for (Completions.Command command : commands) {
      StringBuilder names = new StringBuilder();
      for (Completions.Choice option : command.options()) {
        for (String name : option.names()) {
          names.append(names.isEmpty() ? "" : " ").append(name);
          if (!option.offer().isFlag()) {
            values.put(command.path() + " " + name, option.offer().text());
          }
        }
      }
      options.put(command.path(), names.toString());
      addArguments(arguments, command);
    }
    return BEFORE
        + table("options", options)
        + table("values", values)
        + table("arguments", arguments)
        + AFTER;
  }

  private static void addArguments(Map<String, String> arguments, Completions.Command command) {
    if (!command.subcommands().isEmpty()) {
      arguments.put(
          command.path() + " 0", "words " + String.join(" ", command.subcommands().keySet()));
      return;
    }
    int last = command.arguments().size() - 1;
    for (int i = 0; i <= last; i++) {
      boolean repeats = i == last && command.repeats();
      arguments.put(command.path() + " " + (repeats ? "*" : i), command.arguments().get(i).text());
    }
  }

  private static String table(String name, Map<String, String> table) {
    StringBuilder text = new StringBuilder("  $" + name + " = @{\n");
    table.forEach(
        (key, value) ->
            text.append("    ")
                .append(quoted(key))
                .append(" = ")
                .append(quoted(value))
                .append('\n'));
    return text.append("  }\n").toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
