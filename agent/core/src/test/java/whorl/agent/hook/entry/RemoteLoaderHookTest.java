package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.MalformedURLException;
import java.net.URL;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.AgentEvent;

class RemoteLoaderHookTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final RemoteLoaderHook hook = new RemoteLoaderHook(sink);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example/a.jar",
        "HTTPS://evil.example/classes/",
        "jar:http://evil.example/a.jar!/",
        "jar:HTTP://evil.example/a.jar!/",
        "jar:url:http://evil.example/a.jar!/classes/",
        "jar: ftp://evil.example/a.jar!/classes/",
        "jar:file://evil.example/a.jar!/classes/",
      })
  void addressOfAnotherHost_isReported(String address) throws Exception {
    assertThat(addresses(address)).hasSize(1);
  }

  @Test
  void addressOfThisMachine_isNotReported() throws Exception {
    for (String address :
        List.of(
            "file:/app/a.jar",
            "jar:file:/app/http:/a.jar!/",
            "jar:file:///app/a.jar!/classes/",
            "jar:file://localhost/app/a.jar!/")) {
      assertThat(addresses(address)).as(address).isEmpty();
    }
  }

  private List<AgentEvent> addresses(String address) throws MalformedURLException {
    URL[] urls = {new URL(address)};
    hook.observe(0, new Object[] {this, urls}, ThreadState.of(ThreadState.current()));
    return sink.snapshot();
  }
}
