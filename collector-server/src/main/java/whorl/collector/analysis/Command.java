package whorl.collector.analysis;

import java.util.List;
import java.util.regex.Pattern;

/** The kind of program that a command line starts. */
enum Command {
  REVERSE_SHELL(
      "a shell tied to a network connection",
      List.of(Technique.UNIX_SHELL, Technique.NON_APPLICATION_PROTOCOL),
      Severity.CRITICAL,
      "/dev/(tcp|udp)/|\\b(ba)?sh -i\\b|mkfifo /tmp/|\\b(nc|ncat|netcat)(\\.[a-z]{1,12})? [^|]{0,200}(-e|-c|--exec|--sh-exec) "
          + "|socat\\b.{0,200}exec:|socket.{0,400}connect\\(.{0,400}subprocess|subprocess.{0,400}connect\\("),
  MINER(
      "a miner of a cryptocurrency",
      List.of(Technique.RESOURCE_HIJACKING),
      Severity.CRITICAL,
      "\\b(xmrig|minerd|cpuminer|xmr-stak|nbminer|t-rex|kinsing)\\b|stratum\\+(tcp|ssl)://|--donate-level"),
  DOWNLOAD(
      "a program that fetches files",
      List.of(Technique.TOOL_TRANSFER),
      Severity.CRITICAL,
      "(^|[ /;|&'\"(])(curl|wget|aria2c|tftp|ftp|scp|certutil|bitsadmin)(\\.exe)?( |$)"),
  SHELL(
      "a shell or interpreter",
      List.of(Technique.UNIX_SHELL),
      Severity.CRITICAL,
      "^([^ ]{0,200}[/\\\\])?((env|nohup|setsid|timeout|nice|xargs) .{0,100}?)?(ba|da|a|z|k|mk|c|tc|fi)?sh( |$)"
          + "|^([^ ]{0,200}[/\\\\])?(busybox|toybox|pwsh|powershell|cmd|python[0-9.]{0,5}|perl[0-9.]{0,5}|ruby[0-9.]{0,5}|php[0-9.]{0,5}|lua[0-9.]{0,5}|nc|ncat|netcat|socat|telnet|ssh)(\\.exe)?( |$)"),
  ESCAPE(
      "a program for leaving a container",
      List.of(Technique.ESCAPE_TO_HOST),
      Severity.CRITICAL,
      "(^|[ /])(nsenter|unshare|runc|ctr|crictl|docker|kubectl|mount)( |$)"),
  DISCOVERY(
      "a program that shows where it runs",
      List.of(Technique.SYSTEM_DISCOVERY),
      Severity.HIGH,
      "^([^ ]{0,200}/)?(id|whoami|uname|hostname|ifconfig|ip|netstat|ss|ps|env|printenv|cat|ls|find|grep|getent|w|who|last|df|mount)( |$)"),
  OTHER("a program", List.of(Technique.SCRIPTING), Severity.HIGH, "");

  private static final int LINE_CHARS = 4096;

  private final String description;
  private final List<Technique> techniques;
  private final Severity severity;
  private final Pattern pattern;

  Command(String description, List<Technique> techniques, Severity severity, String pattern) {
    this.description = description;
    this.techniques = techniques;
    this.severity = severity;
    this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  static Command of(String line) {
    String start = line.length() > LINE_CHARS ? line.substring(0, LINE_CHARS) : line;
    for (Command command : values()) {
      if (command.pattern.matcher(start).find()) {
        return command;
      }
    }
    return OTHER;
  }

  String description() {
    return description;
  }

  List<Technique> techniques() {
    return techniques;
  }

  /** The severity if a suspect request started the program. */
  Severity severity() {
    return severity;
  }
}
