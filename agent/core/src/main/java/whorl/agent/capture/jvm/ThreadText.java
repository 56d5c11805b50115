package whorl.agent.capture.jvm;

import java.io.IOException;
import java.util.List;
import whorl.agent.capture.AcquisitionLog;
import whorl.agent.capture.jvm.ThreadDump.Frame;
import whorl.agent.capture.jvm.ThreadDump.Lock;
import whorl.agent.capture.jvm.ThreadDump.ThreadState;

/** Writes a thread dump in HotSpot's format, for people and for tools that read it. */
final class ThreadText {
  private ThreadText() {}

  static void write(ThreadDump dump, Appendable out) throws IOException {
    out.append(dump.time()).append("\nFull thread dump ").append(dump.jvm()).append(":\n\n");
    for (ThreadState thread : dump.threads()) {
      thread(thread, out);
    }
    if (!dump.deadlocked().isEmpty()) {
      out.append("Found one Java-level deadlock among threads ")
          .append(dump.deadlocked().toString())
          .append("\n");
    }
  }

  private static void thread(ThreadState thread, Appendable out) throws IOException {
    out.append('"').append(AcquisitionLog.printable(thread.name())).append('"');
    if (thread.id() != null) {
      out.append(" #").append(String.valueOf(thread.id()));
    }
    if (thread.virtual()) {
      out.append(" virtual");
    } else {
      out.append(thread.daemon() ? " daemon" : "").append(" prio=" + thread.priority());
    }
    if (thread.cpuMillis() != null) {
      out.append(" cpu=" + thread.cpuMillis() + "ms");
    }
    if (thread.container() != null) {
      out.append(" in ").append(AcquisitionLog.printable(thread.container()));
    }
    out.append("\n   java.lang.Thread.State: ")
        .append(thread.state() == null ? "UNKNOWN" : thread.state())
        .append('\n');
    List<Frame> frames = thread.frames();
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      out.append("\tat ").append(AcquisitionLog.printable(frame.at())).append('\n');
      if (i == 0 && thread.waitingFor() != null) {
        waiting(thread, thread.waitingFor(), out);
      }
      for (Lock lock : frame.locked()) {
        out.append("\t- locked ");
        lock(lock, out);
      }
    }
    out.append('\n');
  }

  private static void waiting(ThreadState thread, Lock lock, Appendable out) throws IOException {
    out.append("BLOCKED".equals(thread.state()) ? "\t- waiting to lock " : "\t- waiting on ");
    lock(lock, out);
    if (lock.ownerName() != null) {
      out.append("\t- held by \"")
          .append(AcquisitionLog.printable(lock.ownerName()))
          .append("\" #" + lock.ownerId() + "\n");
    }
  }

  private static void lock(Lock lock, Appendable out) throws IOException {
    out.append("<0x" + lock.identity() + "> (a ")
        .append(AcquisitionLog.printable(lock.className()))
        .append(")\n");
  }
}
