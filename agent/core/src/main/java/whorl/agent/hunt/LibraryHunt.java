package whorl.agent.hunt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntQuestion.OfLibrary;
import whorl.evidence.channel.HuntRow;

/** Which libraries of this name, in these versions, does the JVM hold? */
public final class LibraryHunt implements HuntKind {
  private final Finder finder;

  /** The inventory of libraries. */
  @FunctionalInterface
  public interface Finder {
    /**
     * Finds libraries in what is known already; it reads no file.
     *
     * @param name a pattern of names
     * @param versions a range of versions; null for all
     * @param limit the most libraries to return
     * @throws IllegalArgumentException if one of the texts is not of its form
     */
    Found find(String name, @Nullable String versions, int limit);
  }

  /**
   * What was found.
   *
   * @param incomplete why the inventory is not complete; null if it is
   */
  public record Found(List<Library> libraries, @Nullable String incomplete) {}

  /**
   * A library.
   *
   * @param path of its jar, or of the module
   * @param loader the kind of loader that has loaded a class of it; null if none has
   */
  public record Library(
      String path,
      @Nullable String group,
      String name,
      @Nullable String version,
      @Nullable String sha256,
      @Nullable String loader,
      @Nullable String problem) {}

  public LibraryHunt(Finder finder) {
    this.finder = finder;
  }

  @Override
  public String name() {
    return HuntQuestion.LIBRARY;
  }

  @Override
  public void look(HuntQuestion question, HuntWork work) throws HuntRefusedException {
    OfLibrary wanted = Objects.requireNonNull(question.library(), "library");
    Found found;
    try {
      // One more than fit, so that the answer says if there are more.
      found = finder.find(wanted.name(), wanted.version(), HuntAnswer.ROWS_MAX + 1);
    } catch (IllegalArgumentException e) {
      throw new HuntRefusedException(Cut.text(String.valueOf(e.getMessage())));
    }
    if (found.incomplete() != null) {
      work.cut("the inventory of libraries is not complete: " + Cut.text(found.incomplete()));
    }
    for (Library library : found.libraries()) {
      if (!work.goesOn()) {
        return;
      }
      if (work.hasRoom()) {
        work.found(row(library));
      } else {
        work.foundMore();
      }
    }
  }

  private static HuntRow row(Library library) {
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "group", library.group());
    fields.put("name", Cut.text(library.name()));
    put(fields, "version", library.version());
    fields.put("path", Cut.text(library.path()));
    put(fields, "sha256", library.sha256());
    fields.put("loaded", library.loader() != null);
    put(fields, "loader", library.loader());
    put(fields, "problem", library.problem());
    String version = library.version();
    return new HuntRow(
        Cut.text(library.name() + (version == null ? "" : " " + version)),
        null,
        null,
        null,
        null,
        fields);
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, Cut.text(value));
    }
  }
}
