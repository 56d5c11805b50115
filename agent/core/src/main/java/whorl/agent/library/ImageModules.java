package whorl.agent.library;

import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.util.ArrayList;
import java.util.List;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.NameSource;

/** The modules of the Java image that this JVM has resolved. */
final class ImageModules {
  private ImageModules() {}

  /** Returns them sorted by name; those on the module path are jars, and not among them. */
  static List<LibraryEntry> all() {
    List<LibraryEntry> modules = new ArrayList<>();
    for (ResolvedModule resolved : ModuleLayer.boot().configuration().modules()) {
      ModuleReference reference = resolved.reference();
      if (reference.location().map(at -> "jrt".equals(at.getScheme())).orElse(false)) {
        modules.add(
            new LibraryEntry(
                LoadedPlaces.IMAGE + resolved.name(),
                LibraryKind.MODULE,
                null,
                resolved.name(),
                reference.descriptor().rawVersion().orElseGet(() -> Runtime.version().toString()),
                NameSource.MODULE,
                null,
                0,
                false,
                null));
      }
    }
    modules.sort((one, other) -> one.path().compareTo(other.path()));
    return modules;
  }
}
