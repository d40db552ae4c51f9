/**
 * TLS on the ports and between members: which files and rules ({@link
 * dev.quorate.node.tls.TlsSettings}), what was read from them ({@link
 * dev.quorate.node.tls.TlsMaterial}), and contexts that follow the files while the node runs
 * ({@link dev.quorate.node.tls.ReloadedTls}).
 */
@NullMarked
package dev.quorate.node.tls;

import org.jspecify.annotations.NullMarked;
