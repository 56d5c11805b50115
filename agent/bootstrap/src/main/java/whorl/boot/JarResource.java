package whorl.boot;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;

/**
 * Creates URLs of resources in the agent's jar. The URLs have their own handler, so that neither
 * the application's {@code URLStreamHandlerFactory} is called for them nor does the agent's jar
 * enter the JDK's cache of open jars.
 */
final class JarResource extends URLStreamHandler {
  private final MappedJar archive;
  private final String jarUrl;

  JarResource(MappedJar archive, URL file) {
    this.archive = archive;
    this.jarUrl = "jar:" + file + "!/";
  }

  URL url(String entry) throws MalformedURLException {
    return new URL(null, jarUrl + entry, this);
  }

  @Override
  protected void parseURL(URL url, String spec, int start, int limit) {
    setURL(url, "jar", "", -1, "", "", spec.substring(start, limit), null, null);
  }

  @Override
  protected URLConnection openConnection(URL url) {
    return new Connection(url);
  }

  private final class Connection extends URLConnection {
    Connection(URL url) {
      super(url);
    }

    @Override
    public void connect() {
      connected = true;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      String spec = url.toString();
      byte[] content =
          spec.startsWith(jarUrl) ? archive.read(spec.substring(jarUrl.length())) : null;
      if (content == null) {
        throw new FileNotFoundException(spec);
      }
      return new ByteArrayInputStream(content);
    }
  }
}
