package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder like {@code /proc}, with one JVM and the process that attaches. */
final class FakeProcess {
  static final long PID = 4711;

  final Path proc;
  final Path folder;
  final Path temporary;

  /**
   * @param place an empty folder
   */
  FakeProcess(Path place) throws IOException {
    proc = place.resolve("proc");
    folder = Files.createDirectories(proc.resolve("" + PID));
    Path root = Files.createDirectories(place.resolve("root"));
    temporary = Files.createDirectories(root.resolve("tmp"));
    Files.createSymbolicLink(folder.resolve("root"), root);
    Files.createDirectories(folder.resolve("task/1"));
    Files.createDirectories(folder.resolve("ns"));
    Files.createDirectories(proc.resolve("self/ns"));
    thread("java");
    write("comm", "java\n");
    write("maps", "7f01-7f02 r-xp 0 08:01 9 /opt/jdk/lib/server/libjvm.so\n");
    write("cmdline", "java\0-Xmx1g\0-jar\0/app/shop.jar\0");
    write("environ", "HOME=/\0");
    status(1000, 1000, "0000000000000004");
    self(1000, 1000);
    namespaces("user:[1]", "user:[1]");
  }

  FakeProcess write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
    return this;
  }

  FakeProcess thread(String name) throws IOException {
    return write("task/1/comm", name + "\n");
  }

  FakeProcess status(int uid, int gid, String caught) throws IOException {
    return write(
        "status",
        "Name:\tjava\nUid:\t9\t%d\t9\t9\nGid:\t9\t%d\t9\t9\nNSpid:\t%d\t1\nSigCgt:\t%s\n"
            .formatted(uid, gid, PID, caught));
  }

  FakeProcess self(int uid, int gid) throws IOException {
    Files.writeString(
        proc.resolve("self/status"),
        "Uid:\t%d\t%d\t0\t0\nGid:\t%d\t%d\t0\t0\n".formatted(uid, uid, gid, gid));
    return this;
  }

  FakeProcess namespaces(String target, String self) throws IOException {
    link(folder.resolve("ns/user"), target);
    link(proc.resolve("self/ns/user"), self);
    return this;
  }

  private static void link(Path link, String target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(target));
  }

  TargetProcess target() throws Refusal {
    return TargetProcess.of(proc, PID);
  }

  /** Runs the checks that read {@code /proc}. */
  void check() throws Refusal {
    TargetProcess target = target();
    new TargetChecks(target, TargetProcess.self(proc))
        .beforeSocket(AttachSocket.of(folder, target.temporary(), target.innerPid()));
  }
}
