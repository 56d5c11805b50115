package whorl.collector.cli;

import picocli.CommandLine.IVersionProvider;

/** The jar's version, from its manifest. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = VersionProvider.class.getPackage().getImplementationVersion();
    return new String[] {"whorl " + (version == null ? "(unpackaged)" : version)};
  }
}
