package whorl.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import whorl.event.EventType;

/** The settings that a recording starts with. */
class RecordingSettingsTest {
  /** The events that had lines of their own in the settings file. */
  private static final String FORMERLY_LISTED =
      """
      FileOpen FileDelete FileRename FileLink FileMode FileAttribute FileProbe FolderCreate
      SocketConnect SocketAccept SocketBind DnsLookup ProcessStart ProcessExit ClassLoad
      ClassDefine LibraryLoad NativeSymbol JndiLookup JndiAnswer Deserialization ScriptEval
      Reflection LoaderCreate XmlEntity HttpRequest Registration AgentLoad Tamper Console Alert
      """;

  @Test
  void agentsEvents_areRecorded_withAStackWhereItIsUseful() throws Exception {
    Map<String, String> expected = new HashMap<>();
    for (EventType type : EventType.values()) {
      if (type.jfrName().startsWith("whorl.")) {
        expected.put(type.jfrName() + "#enabled", "true");
      }
    }
    expected.put("whorl.ClassLoad#stackTrace", "false");
    expected.put("whorl.HttpRequest#stackTrace", "false");
    expected.put("whorl.Console#stackTrace", "false");

    Map<String, String> own = new HashMap<>(FlightRecorderStart.settings());
    own.keySet().removeIf(key -> !key.startsWith("whorl."));

    assertThat(own).isEqualTo(expected);
  }

  @Test
  void agentsEvents_areThoseThatTheFileListed() throws Exception {
    String[] names = FORMERLY_LISTED.strip().split("\\s+");
    Map<String, String> settings = FlightRecorderStart.settings();

    assertThat(names).hasSize(31);
    assertThat(names)
        .allSatisfy(
            name -> assertThat(settings).containsEntry("whorl." + name + "#enabled", "true"));
  }

  @Test
  void jdksEvents_areThoseOfTheFile() throws Exception {
    Map<String, String> settings = FlightRecorderStart.settings();

    assertThat(new TreeSet<>(settings.keySet()))
        .allMatch(key -> key.startsWith("jdk.") || key.startsWith("whorl."));
    assertThat(settings)
        .containsEntry("jdk.Deserialization#stackTrace", "false")
        .containsEntry("jdk.InitialEnvironmentVariable#enabled", "false");
  }
}
