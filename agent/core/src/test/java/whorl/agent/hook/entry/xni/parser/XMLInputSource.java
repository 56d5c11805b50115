package whorl.agent.hook.entry.xni.parser;

import java.io.InputStream;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** As the parsers' class of this name, by which the hook knows it. */
@SuppressWarnings("UnusedVariable") // read by the hook
public final class XMLInputSource {
  private final @Nullable String fPublicId = null;
  private final String fSystemId;
  private final @Nullable String fBaseSystemId;
  private final @Nullable InputStream fByteStream = null;
  private final @Nullable Reader fCharStream = null;

  public XMLInputSource(String systemId, @Nullable String base) {
    this.fSystemId = systemId;
    this.fBaseSystemId = base;
  }
}
