package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.ThreadState;

/** The hook stores one error at a time for the watcher. */
class OutOfMemoryHookTest {
  private final OutOfMemoryHook hook = new OutOfMemoryHook();

  @Test
  void accept_storesErrorAndThread_untilHandled() {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");

    hook.accept(error, OutOfMemoryHook.PASSED);

    assertThat(hook.pending()).isTrue();
    assertThat(hook.passed().error()).isSameAs(error);
    assertThat(hook.passed().thread()).isSameAs(Thread.currentThread());
    hook.passed().handled();
    assertThat(hook.pending()).isFalse();
    assertThat(hook.passed().error()).isNull();
    assertThat(hook.passed().thread()).isNull();
  }

  @Test
  void accept_whileOneIsPending_countsOnly() {
    OutOfMemoryError first = new OutOfMemoryError();
    hook.accept(first, OutOfMemoryHook.PASSED);

    hook.accept(new OutOfMemoryError(), OutOfMemoryHook.PASSED);

    assertThat(hook.passed().error()).isSameAs(first);
    assertThat(hook.seen()).isEqualTo(2);
  }

  @Test
  void createdError_hasItsOwnNotice_andIsCountedOnRequest() {
    OutOfMemoryError error = new OutOfMemoryError("pool");
    hook.accept(error, OutOfMemoryHook.CREATED);
    assertThat(hook.pending()).isTrue();
    assertThat(hook.seen()).isZero();

    hook.accept(error, OutOfMemoryHook.PASSED);

    assertThat(hook.created().error()).isSameAs(error);
    assertThat(hook.passed().error()).isSameAs(error);
    assertThat(hook.seen()).isOne();
    hook.countCreated();
    assertThat(hook.seen()).isEqualTo(2);
  }

  @Test
  void accept_onAnAgentThread_isIgnored() throws InterruptedException {
    Thread ours =
        new Thread(
            () -> {
              ThreadState.busy(ThreadState.current(), true);
              hook.accept(new OutOfMemoryError(), OutOfMemoryHook.PASSED);
            });
    ours.start();
    ours.join();

    assertThat(hook.pending()).isFalse();
    assertThat(hook.seen()).isZero();
  }

  @Test
  void accept_wakesTheWatcher() throws InterruptedException {
    Thread watch =
        new Thread(
            () -> {
              while (!hook.pending()) {
                LockSupport.park();
              }
            });
    hook.wake(watch);
    watch.start();

    hook.accept(new OutOfMemoryError(), OutOfMemoryHook.PASSED);

    watch.join(10_000);
    assertThat(watch.isAlive()).isFalse();
  }
}
