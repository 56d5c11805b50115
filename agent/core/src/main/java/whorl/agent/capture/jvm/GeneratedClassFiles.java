package whorl.agent.capture.jvm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/** Provides the class files of classes generated at run time, whose bytes exist nowhere else. */
@FunctionalInterface
public interface GeneratedClassFiles {
  /**
   * One class.
   *
   * @param className such as {@code com.example.Foo}; several classes may share it
   * @param bytes the class file, not compressed
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record KeptClass(String className, Digest sha256, byte[] bytes) {}

  /** Returns what is stored now; each element is only created during the iteration. */
  Iterable<KeptClass> kept();

  /**
   * As {@link #inspect(Class[])}.
   *
   * @param named classes that alerts name, whose bytes are captured first
   */
  default ClassInspection inspect(Class<?>[] loaded, NamedClasses named)
      throws InterruptedException {
    return inspect(loaded);
  }

  /**
   * Inspects the loaded classes and what is registered with servers. Runs on the capture's own
   * thread.
   */
  default ClassInspection inspect(Class<?>[] loaded) throws InterruptedException {
    return new ClassInspection() {
      @Override
      public @Nullable Origin origin(Class<?> type) {
        return null;
      }

      @Override
      public List<Registration> registrations() {
        return List.of();
      }

      @Override
      public Iterable<KeptClass> kept() {
        return GeneratedClassFiles.this.kept();
      }

      @Override
      public List<String> notes() {
        return List.of();
      }
    };
  }
}
