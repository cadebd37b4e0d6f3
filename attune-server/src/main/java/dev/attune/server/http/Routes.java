package dev.attune.server.http;

/** A part of the API: adds its routes to the table when the server starts. */
@FunctionalInterface
public interface Routes {
    void mount(RouteTable table);
}
