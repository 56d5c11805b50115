package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.FormerSockets;
import whorl.dist.program.Operations;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/**
 * Operations on files and sockets that were not seen once, or by another name than the file's: each
 * is an event with its request, on the request's thread and on one that the request started, and an
 * alert where an intruder would do it.
 */
class OperationsIT {
  private static final String LISTED = "Folder of the System Listed while a Request Was Served";
  private static final String ACCOUNTS = "List of Accounts Read while a Request Was Served";
  private static final String KEY = "Key Material Read while a Request Was Served";
  private static final String ENVIRON = "Environment of a Process Read from Proc";
  private static final String DROPPED = "Executable Dropped into a Writable Folder";
  private static final String PROBED = "Sensitive File Looked for by a Request";
  private static final String BACKDATED = "Time of a File Set Back while a Request Was Served";

  @TempDir Path folder;

  /**
   * A row: an event, and the rule that it makes fire.
   *
   * @param fields those that are paths below the thread's folder begin with {@code @/}
   */
  private record Row(String type, @Nullable String rule, Map<String, Object> fields) {
    static Row of(String type, @Nullable String rule, Object... fields) {
      Map<String, Object> byName = new HashMap<>();
      for (int i = 0; i < fields.length; i += 2) {
        byName.put((String) fields[i], fields[i + 1]);
      }
      return new Row("whorl." + type, rule, byName);
    }

    boolean isIn(EventLine event, Path folder) {
      if (!event.type().equals(type)) {
        return false;
      }
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        Object wanted = field.getValue();
        if (wanted instanceof String text && text.startsWith("@/")) {
          wanted = folder.resolve(text.substring(2)).toString();
        }
        if (!wanted.equals(event.fields().get(field.getKey()))) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Row> ROWS =
      List.of(
          Row.of(
              "FileOpen", ENVIRON, "path", "/dev/fd/../environ", "realPath", "/proc/self/environ"),
          Row.of("FileOpen", ENVIRON, "path", "/proc/thread-self/environ"),
          Row.of(
              "FileOpen",
              "Details of a Process Read while a Request Was Served",
              "path",
              "/dev/fd/../maps",
              "realPath",
              "/proc/self/maps"),
          Row.of("FileOpen", ACCOUNTS, "realPath", "/etc/passwd"),
          Row.of("FileOpen", ACCOUNTS, "path", "@/innocent.txt", "realPath", "/etc/passwd"),
          Row.of("FileOpen", ACCOUNTS, "path", "@/foreign.txt", "realPath", "/etc/passwd"),
          Row.of("FileOpen", KEY, "path", "@/hard.txt", "realPath", "@/tls.key"),
          Row.of("FileOpen", KEY, "realPath", "@/tls.key", "access", "read"),
          Row.of("FileOpen", ACCOUNTS, "path", "@/reused.txt", "realPath", "/etc/passwd"),
          Row.of("FileDelete", null, "path", "@/victim.txt"),
          Row.of("FileOpen", LISTED, "path", "/etc", "access", "read", "failed", false),
          Row.of(
              "Reflection",
              "Native Method of the JDK Reached for",
              "className",
              "java.io.FileInputStream",
              "member",
              "open0"),
          Row.of(
              "Reflection",
              "Native Method of the JDK Reached for",
              "className",
              "sun.nio.fs.UnixNativeDispatcher",
              "member",
              "open0"),
          Row.of(
              "Reflection",
              "Native Method of the JDK Reached for",
              "className",
              "java.lang.ClassLoader",
              "member",
              "defineClass0"),
          Row.of("FolderCreate", null, "path", "@/made"),
          Row.of("FolderCreate", null, "path", "@/made2"),
          Row.of(
              "FileAttribute",
              BACKDATED,
              "path",
              "@/old.txt",
              "attribute",
              "backdated",
              "value",
              "1000000"),
          Row.of("FileAttribute", BACKDATED, "path", "@/old2.txt", "attribute", "backdated"),
          Row.of(
              "FileAttribute",
              "Owner or Capabilities of a File Changed while a Request Was Served",
              "path",
              "@/owned.txt",
              "attribute",
              "owner"),
          Row.of("FileAttribute", null, "path", "@/late.txt", "attribute", "delete-on-exit"),
          Row.of("FileMode", DROPPED, "path", "@/tool", "mode", "700", "folder", false),
          Row.of("FileMode", null, "path", "@/folder", "mode", "+x", "folder", true),
          Row.of("FileMode", null, "path", "@/folder", "mode", "755", "folder", true),
          Row.of("FileMode", DROPPED, "path", "@/tool2", "mode", "700"),
          Row.of("FileMode", DROPPED, "path", "@/copied", "mode", "755"),
          Row.of("FileProbe", PROBED, "path", "/etc/shadow", "operation", "exists"),
          Row.of("FileProbe", PROBED, "path", "/etc/shadow", "operation", "length"),
          Row.of("FileProbe", PROBED, "path", "/etc/gshadow"),
          Row.of("FileProbe", PROBED, "path", "/etc/shadow", "operation", "readAttributes"),
          Row.of("FileProbe", null, "path", "@/nothing.txt", "found", false),
          Row.of(
              "SocketAccept",
              "Connection Accepted while a Request Was Served",
              "address",
              "127.0.0.1"),
          Row.of(
              "SocketConnect",
              "Host Tried for an Answer while a Request Was Served",
              "address",
              "127.0.0.3",
              "transport",
              "echo"),
          Row.of("DnsLookup", null, "host", "127.0.0.4"),
          Row.of("SocketConnect", null, "address", "127.0.0.2", "port", 9100, "transport", "udp"),
          Row.of("SocketConnect", null, "address", "127.0.0.1", "port", 9131, "transport", "udp"),
          Row.of("SocketConnect", null, "address", "127.0.0.5", "port", 9100, "transport", "udp"));

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(OperationsIT.class);
  }

  static Stream<Jdk> jdksWithFormerSockets() throws IOException {
    return Jdk.installed().stream().filter(jdk -> jdk.feature() == 17);
  }

  @ParameterizedTest
  @MethodSource("jdksWithFormerSockets")
  void formerSocketsOfTheJdk_areEventsToo(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home()).option("-Djdk.net.usePlainSocketImpl"),
                FormerSockets.class);
    assertThat(run.outcome().out()).isEqualTo("true\n");
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    List<EventLine> events = Kept.events(run.evidence());

    for (Row row :
        List.of(
            Row.of("SocketBind", null, "address", "127.0.0.1", "port", 9102),
            Row.of("SocketConnect", null, "address", "127.0.0.1", "port", 9102, "transport", "tcp"),
            Row.of("SocketAccept", null, "address", "127.0.0.1", "localPort", 9102),
            Row.of("SocketConnect", null, "address", "127.0.0.5", "port", 9100, "transport", "udp"),
            Row.of(
                "SocketConnect", null, "address", "127.0.0.6", "port", 9101, "transport", "udp"))) {
      assertThat(events).as(row.toString()).anyMatch(event -> row.isIn(event, folder));
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void operation_onAnyThreadOfARequest_isAnEventWithItsRequestAndAnAlert(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .option("--add-opens=java.base/java.lang.invoke=ALL-UNNAMED")
                    .variable("WHORL_HEAP", "off")
                    .variable("WHORL_CAPTURE_AFTER", "12s"),
                Operations.class.getName());
    assertThat(run.outcome().out()).doesNotContain("failed");
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    List<EventLine> events = Kept.events(run.evidence());

    List<String> missing = new ArrayList<>();
    for (String where : List.of("own", "started")) {
      Path own = folder.resolve("work").resolve(where);
      String path = "/" + where;
      for (Row row : ROWS) {
        if (events.stream()
            .noneMatch(
                event -> row.isIn(event, own) && path.equals(event.fields().get("request.path")))) {
          missing.add(path + ": " + row);
        } else if (row.rule() != null
            && events.stream()
                .noneMatch(
                    event ->
                        event.type().equals("whorl.Alert")
                            && path.equals(event.fields().get("request.path"))
                            && row.rule().equals(event.fields().get("title")))) {
          missing.add(path + ", no alert: " + row);
        }
      }
    }
    assertThat(missing).as(String.join("\n", missing)).isEmpty();
    assertThat(
            Json.MAPPER
                .readTree(run.evidence().resolve("alert.json").toFile())
                .findValuesAsText("path"))
        .as("a folder that may be entered is no program")
        .contains(folder.resolve("work/own/tool").toString())
        .doesNotContain(folder.resolve("work/own/folder").toString());
  }
}
