package org.eclipse.jetty.server;

/** As Jetty's. */
public interface Handler {}
