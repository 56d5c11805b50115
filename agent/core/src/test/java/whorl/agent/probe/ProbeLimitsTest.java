package whorl.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.probe.ProbeRig.ORDERS;
import static whorl.agent.probe.ProbeRig.of;
import static whorl.agent.probe.ProbeRig.withValues;

import com.example.probed.Late;
import com.example.probed.Orders;
import com.sun.management.ThreadMXBean;
import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.ProbeRequest;
import whorl.evidence.channel.ProbeState;

/** When a probe ends, and what it may cost. */
class ProbeLimitsTest extends ProbeFixture {
  @Test
  void twoProbesOfOneMethod_recordBoth_andEndApart() throws Exception {
    byte[] before = rig.bytesOf(Orders.class);
    Id first = rig.begin(of("find"));
    Id second = rig.begin(withValues("find"));
    String unused = new Orders().find("alice");
    assertThat(rig.calls()).hasSize(2);

    rig.work.end(first, "it was ended");
    assertThat(rig.last().restored()).isTrue();
    String again = new Orders().find(unused);
    assertThat(rig.calls()).hasSize(3);
    rig.work.end(second, "it was ended");

    assertThat(rig.last().restored()).isTrue();
    assertThat(rig.bytesOf(Orders.class)).isEqualTo(before);
    assertThat(again).isNotEmpty();
  }

  @Test
  void end_restoresTheByteCode() throws Exception {
    byte[] before = rig.bytesOf(Orders.class);
    Id probe = rig.begin(of("find"));
    byte[] during = rig.bytesOf(Orders.class);
    assertThat(during).isNotEqualTo(before);
    assertThat(rig.transformer.woven("com/example/probed/Orders", before)).isEqualTo(during);

    rig.work.end(probe, "it was ended");

    assertThat(rig.bytesOf(Orders.class)).isEqualTo(before);
    assertThat(rig.last().state()).isEqualTo(ProbeState.ENDED);
    assertThat(rig.last().reason()).isEqualTo("it was ended");
    assertThat(rig.last().restored()).isTrue();
    assertThat(rig.work.isIdle()).isTrue();
    String unused = new Orders().find("alice");
    assertThat(rig.calls()).isEmpty();
  }

  @Test
  void timeOver_ends() throws Exception {
    byte[] before = rig.bytesOf(Orders.class);
    rig.begin(of("find"));

    rig.pass(59);
    assertThat(rig.work.isIdle()).isFalse();
    rig.pass(1);

    assertThat(rig.last().reason()).isEqualTo("its time is over");
    assertThat(rig.bytesOf(Orders.class)).isEqualTo(before);
  }

  @Test
  void count_ends() {
    rig.begin(new ProbeRequest(ORDERS, "find", null, 60, 3, false, false, false));
    Orders orders = new Orders();
    for (int i = 0; i < 5; i++) {
      String unused = orders.find("alice");
    }

    rig.work.tick();

    assertThat(rig.last().reason()).isEqualTo("it has recorded 3 calls");
    assertThat(rig.last().recorded()).isEqualTo(3);
    assertThat(rig.calls()).hasSize(3);
  }

  @Test
  void rate_isBounded_andTheRestCounted() {
    rig.begin(new ProbeRequest(ORDERS, "loop", null, 60, 1_000, false, false, false));
    for (int i = 0; i < 80; i++) {
      int unused = Orders.loop(1);
    }
    rig.pass(1);
    for (int i = 0; i < 80; i++) {
      int unused = Orders.loop(1);
    }

    rig.work.endAll("it was ended");

    assertThat(rig.last().recorded()).isEqualTo(2 * RunningProbe.CALLS_PER_SECOND);
    assertThat(rig.last().skipped()).isEqualTo(60);
    assertThat(rig.calls()).hasSize(100);
    assertThat(rig.reports).allMatch(report -> report.calls().size() <= ProbeReport.CALLS_MAX);
  }

  @Test
  void callsOverTheRate_allocateNothing() {
    rig.begin(new ProbeRequest(ORDERS, "loop", null, 60, 1_000, true, true, false));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 1_000; i++) {
      int unused = Orders.loop(1);
    }
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);

    for (int i = 0; i < 10_000; i++) {
      int unused = Orders.loop(1);
    }

    assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
    rig.work.endAll("it was ended");
    assertThat(rig.last().skipped()).isEqualTo(11_000 - RunningProbe.CALLS_PER_SECOND);
  }

  @Test
  void fifthProbe_isRefused() {
    for (int i = 0; i < ProbeWork.RUNNING_MAX; i++) {
      rig.begin(of("find"));
    }

    rig.begin(of("find"));

    assertThat(rig.last().reason()).isEqualTo("4 probes run in this JVM already; end one first");
  }

  @Test
  void awaitedClass_isWovenOnceItIsLoaded() {
    rig.begin(
        new ProbeRequest("com.example.probed.Late", "twice", null, 60, 10, true, false, true));
    assertThat(rig.last().state()).isEqualTo(ProbeState.WAITING);
    rig.pass(2);

    assertThat(Late.twice(2)).isEqualTo(4);
    rig.pass(1);
    assertThat(rig.last().state()).isEqualTo(ProbeState.RUNNING);
    assertThat(Late.twice(4)).isEqualTo(8);

    assertThat(rig.calls().get(0).arguments()).containsExactly("n: 4");
  }

  @Test
  void awaitedClass_thatNeverLoads_endsWithItsTime() {
    rig.begin(new ProbeRequest("com.example.probed.Never", "x", null, 5, 10, false, false, true));

    rig.pass(5);

    assertThat(rig.last().reason()).isEqualTo("the class was not loaded in 5 s");
    assertThat(rig.last().restored()).isTrue();
  }

  @Test
  void retransformationThatFails_isRefused_andChangesNothing() throws Exception {
    Instrumentation refusing =
        (Instrumentation)
            Proxy.newProxyInstance(
                ProbesTest.class.getClassLoader(),
                new Class<?>[] {Instrumentation.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("retransformClasses")) {
                    throw new VerifyError("not as it should be");
                  }
                  try {
                    return method.invoke(rig.instrumentation, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    try (ProbeRig other = new ProbeRig(refusing)) {
      byte[] before = rig.bytesOf(Orders.class);

      other.begin(of("find"));

      assertThat(other.last().state()).isEqualTo(ProbeState.REFUSED);
      assertThat(other.last().reason()).contains("java.lang.VerifyError: not as it should be");
      assertThat(rig.bytesOf(Orders.class)).isEqualTo(before);
    }
  }

  @Test
  void methodInWork_whenTheProbeEnds_goesOnAndIsNotRecorded() throws Exception {
    Id probe = rig.begin(of("waitFor"));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thread working = new Thread(() -> new Orders().waitFor(begun, go));
    working.start();
    begun.await();

    rig.work.end(probe, "it was ended");
    go.countDown();
    working.join();

    assertThat(rig.last().restored()).isTrue();
    assertThat(rig.calls()).isEmpty();
  }
}
