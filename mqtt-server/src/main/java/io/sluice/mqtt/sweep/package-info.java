/**
 * The way of a record from the log to the sessions that are behind the tail: scans that are shared by all whose offset
 * they pass (← session; subscription, port →). One loop of its own plans and matches; each session's loop takes what is
 * for its sessions.
 */
@NullMarked
package io.sluice.mqtt.sweep;

import org.jspecify.annotations.NullMarked;
