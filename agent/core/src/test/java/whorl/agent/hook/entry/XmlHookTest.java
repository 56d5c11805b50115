package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.entry.xni.parser.XMLInputSource;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.EventType;

class XmlHookTest {
  private static final String IN_JAR = "jar:file:/app/shop.jar!/BOOT-INF/classes/";

  private final EventSink sink = new EventSink(new EpochClock());
  private final XmlHook hook = new XmlHook(sink);

  private void resolve(String name, String systemId, @Nullable String base) {
    Object[] values = {new XMLInputSource(systemId, base), name};
    hook.observe(0, values, ThreadState.of(ThreadState.current()));
  }

  private List<Object> reported() {
    return sink.snapshot().stream()
        .filter(event -> event.type() == EventType.XML_ENTITY)
        .map(event -> event.value(0))
        .toList();
  }

  /** So a request reads the settings of an application that is one jar. */
  @Test
  void entityInAJar_ofADocumentInNoJar_isReported() {
    resolve("x", IN_JAR + "application.yml", null);
    resolve("x", IN_JAR + "other.yml", "file:///data/upload.xml");

    assertThat(reported()).containsExactly(IN_JAR + "application.yml", IN_JAR + "other.yml");
  }

  @Test
  void partsOfWhatIsInAJar_areNotReported() {
    resolve("[dtd]", IN_JAR + "whole.dtd", null);
    resolve("%x", "part.mod", IN_JAR + "whole.dtd");
    resolve("%x", IN_JAR + "part.mod", IN_JAR + "whole.dtd");
    resolve("%x", "jrt:/java.xml/part.mod", null);
    resolve("[xml]", IN_JAR + "beans.xml", null);

    assertThat(reported()).isEmpty();
  }
}
