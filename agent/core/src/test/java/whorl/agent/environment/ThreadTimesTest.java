package whorl.agent.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ThreadTimesTest {
  @TempDir private Path root;

  @Test
  void withoutProc_isNullInsteadOfZero() throws IOException {
    assertThat(new ThreadTimes(root).sample()).isNull();

    Files.createDirectories(root.resolve("proc/self/task/7"));

    assertThat(new ThreadTimes(root).sample()).isNull();
  }

  @Test
  void threadsOfTheAgentAndOfJfr_areSummedSeparately() throws IOException {
    thread(1, "java", 900, 900, 10);
    thread(2, "whorl-net", 20, 5, 11);
    thread(3, "whorl-correlati", 30, 0, 12);
    thread(4, "JFR Recorder Th", 100, 11, 13);
    thread(5, "JFR Periodic Ta", 7, 2, 14);
    thread(6, "my whorl-net", 500, 500, 15);

    assertThat(new ThreadTimes(root).sample()).isEqualTo(new ThreadTimes.Used(0.55, 1.2));
  }

  @Test
  void namesWithBlanksAndParentheses_doNotShiftTheFields() throws IOException {
    thread(2, "whorl-a) R 1 (b", 20, 5, 11);
    thread(3, "JFR ) S 9 9 ((", 1, 1, 12);
    thread(4, "x) (whorl-y", 50, 50, 13);
    thread(5, ") (JFR z", 50, 50, 14);

    assertThat(new ThreadTimes(root).sample()).isEqualTo(new ThreadTimes.Used(0.25, 0.02));
  }

  @Test
  void endedThread_staysInTheSum() throws IOException {
    ThreadTimes times = new ThreadTimes(root);
    thread(2, "whorl-net", 20, 0, 11);
    thread(3, "whorl-source", 300, 0, 12);
    times.sample();
    Files.delete(root.resolve("proc/self/task/3/stat"));
    Files.delete(root.resolve("proc/self/task/3"));
    thread(2, "whorl-net", 21, 0, 11);

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(3.21, 0));
    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(3.21, 0));
  }

  @Test
  void addEndingThread_countsAThreadToItsEndAndOnce() throws IOException {
    ThreadTimes times = new ThreadTimes(root);
    thread(2, "main", 1, 0, 1);
    thread(3, "whorl-start", 100, 0, 12);
    times.sample();
    thread(3, "whorl-start", 150, 0, 12);
    writeEndingThread(3);
    times.addEndingThread();
    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(1.5, 0));
    Files.delete(root.resolve("proc/self/task/3/stat"));
    Files.delete(root.resolve("proc/self/task/3"));
    thread(4, "whorl-source", 30, 0, 40);
    writeEndingThread(4);
    Files.delete(root.resolve("proc/self/task/4/stat"));
    Files.delete(root.resolve("proc/self/task/4"));
    times.addEndingThread();

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(1.8, 0));
    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(1.8, 0));
  }

  @Test
  void addEndingThread_withoutProc_doesNothing() {
    ThreadTimes times = new ThreadTimes(root);
    times.addEndingThread();

    assertThat(times.sample()).isNull();
  }

  @Test
  void reusedNumber_isAnotherThread() throws IOException {
    ThreadTimes times = new ThreadTimes(root);
    thread(3, "whorl-source", 300, 0, 12);
    times.sample();
    thread(3, "whorl-source", 10, 0, 99);

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(3.1, 0));

    thread(3, "JFR Thread Samp", 4, 0, 120);

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(3.1, 0.04));
  }

  @Test
  void renamedThread_isCountedOnce() throws IOException {
    ThreadTimes times = new ThreadTimes(root);
    thread(3, "whorl-net", 100, 0, 12);
    times.sample();
    thread(3, "innocent", 150, 0, 12);
    times.sample();
    thread(3, "whorl-net", 160, 0, 12);

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(1.6, 0));
  }

  @Test
  void temporarilyUnreadableThread_isNotCountedTwice() throws IOException {
    ThreadTimes times = new ThreadTimes(root);
    thread(2, "main", 1, 0, 1);
    thread(3, "whorl-net", 100, 0, 12);
    times.sample();
    Files.delete(root.resolve("proc/self/task/3/stat"));
    times.sample();
    thread(3, "whorl-net", 110, 0, 12);

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(1.1, 0));
  }

  @Test
  void threadThatBecomesTheAgents_isFoundWithinSixSamples() throws IOException {
    ThreadTimes times = new ThreadTimes(root);
    thread(3, "Thread-0", 100, 0, 12);
    times.sample();
    thread(3, "whorl-net", 110, 0, 12);
    for (int sample = 1; sample < 6; sample++) {
      times.sample();
    }

    assertThat(times.sample()).isEqualTo(new ThreadTimes.Used(1.1, 0));
  }

  @Test
  void malformedLines_areIgnored() throws IOException {
    thread(2, "whorl-net", 20, 0, 11);
    write(3, "3 (whorl-short) S 1 2");
    write(4, "4 (whorl-words) S " + "x ".repeat(30));
    write(5, "nothing");
    write(6, "");

    assertThat(new ThreadTimes(root).sample()).isEqualTo(new ThreadTimes.Used(0.2, 0));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void runningAgentThread_isRecognisedByItsName() throws InterruptedException {
    Thread busy =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
            },
            "whorl-correlation");
    busy.setDaemon(true);
    busy.start();
    ThreadTimes times = new ThreadTimes(Path.of("/"));
    ThreadTimes.Used used = times.sample();
    for (int tries = 0; tries < 600 && (used == null || used.own() < 0.1); tries++) {
      Thread.sleep(50);
      used = times.sample();
    }
    busy.interrupt();
    busy.join();

    assertThat(used).isNotNull();
    assertThat(used.own()).isGreaterThanOrEqualTo(0.1);
    assertThat(times.sample().own()).isGreaterThanOrEqualTo(used.own());
  }

  private void writeEndingThread(int number) throws IOException {
    Path self = Files.createDirectories(root.resolve("proc/thread-self"));
    Files.writeString(
        self.resolve("stat"), Files.readString(root.resolve("proc/self/task/" + number + "/stat")));
  }

  private void thread(int number, String name, long user, long system, long start)
      throws IOException {
    write(
        number,
        number
            + " ("
            + name
            + ") S 1 1 1 0 -1 4194368 10 0 0 0 "
            + user
            + " "
            + system
            + " 0 0 20 0 30 0 "
            + start
            + " 123456 789 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 -1 1 0 0 0 0 0\n");
  }

  private void write(int number, String line) throws IOException {
    Path task = Files.createDirectories(root.resolve("proc/self/task/" + number));
    Files.writeString(task.resolve("stat"), line);
  }
}
