package whorl.collector.cli.timeline;

import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Terminal;

/** Colours of event categories. */
final class Categories {
  private Categories() {}

  static Terminal.Style style(@Nullable String category) {
    return switch (category == null ? "" : category) {
      case "intrusion_detection", "malware", "threat" -> Terminal.Style.ALARM;
      case "process" -> Terminal.Style.BAD;
      case "configuration", "authentication", "iam" -> Terminal.Style.WARNING;
      case "file" -> Terminal.Style.GOOD;
      case "network" -> Terminal.Style.CYAN;
      case "web", "api", "session" -> Terminal.Style.BLUE;
      case "library", "driver", "package" -> Terminal.Style.MAGENTA;
      case "host" -> Terminal.Style.FAINT;
      default -> Terminal.Style.PLAIN;
    };
  }

  /** The category of a live event, derived from its type: the journal has no categories. */
  static String ofType(String type) {
    return switch (type) {
      case "whorl.Alert", "whorl.Tamper" -> "intrusion_detection";
      case "whorl.ProcessStart",
          "whorl.ProcessExit",
          "whorl.Deserialization",
          "whorl.ScriptEval",
          "whorl.Reflection",
          "whorl.Console" ->
          "process";
      case "whorl.SocketConnect",
          "whorl.SocketAccept",
          "whorl.SocketBind",
          "whorl.DnsLookup",
          "whorl.JndiLookup",
          "whorl.JndiAnswer" ->
          "network";
      case "whorl.ClassLoad",
          "whorl.ClassDefine",
          "whorl.LibraryLoad",
          "whorl.NativeSymbol",
          "whorl.LoaderCreate",
          "whorl.AgentLoad" ->
          "library";
      case "whorl.Registration" -> "configuration";
      case "whorl.HttpRequest" -> "web";
      case "whorl.FolderCreate", "whorl.XmlEntity" -> "file";
      default -> type.startsWith("whorl.File") ? "file" : "host";
    };
  }
}
