package whorl.agent.event.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.event.RequestContext;

class StartedThreadsTest {
  private final StartedThreads started = new StartedThreads();

  @Test
  void take_eachThread_hasItsOwnRequestOnce() {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Thread thread = new Thread("t" + i);
      threads.add(thread);
      started.add(thread, new RequestContext("r" + i, "GET", "/", "::1"));
    }
    for (int i = 0; i < 200; i++) {
      assertThat(started.take(threads.get(i))).isNotNull();
      assertThat(started.take(threads.get(i))).isNull();
    }
    assertThat(started.take(new Thread("other"))).isNull();
  }

  @Test
  void add_moreThanTheSlots_countsDroppedNotes() {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      Thread thread = new Thread("t" + i);
      threads.add(thread);
      started.add(thread, new RequestContext("r" + i, "GET", "/", "::1"));
    }
    long found = threads.stream().filter(thread -> started.take(thread) != null).count();
    assertThat(found + started.lost()).isEqualTo(5_000);
    assertThat(found).isPositive();
  }
}
