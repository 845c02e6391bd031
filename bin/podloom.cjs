#!/usr/bin/env node
// Old syntax on purpose: this file has to run on any Node, to say that it is too old.
// biome-ignore-all lint: old Node has neither node: modules nor optional chains
'use strict';

var fs = require('fs');
var path = require('path');
var module_ = require('module');

var REQUIRED = [22, 18];
var root = path.dirname(__dirname);

function isOldNode() {
  var version = process.versions.node.split('.').map(Number);
  return version[0] < REQUIRED[0] || (version[0] === REQUIRED[0] && version[1] < REQUIRED[1]);
}

// The npm package `node` puts a Node beside the project, which npm scripts find first.
function hasOwnNode() {
  for (var folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'node_modules', 'node', 'bin', 'node'))) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

function refuse() {
  process.stderr.write(
    'error: podloom needs Node ' + REQUIRED.join('.') + ' or newer; this is ' + process.versions.node + '.\n',
  );
  process.stderr.write(
    hasOwnNode()
      ? '  help: This project has a newer Node of its own: run `npm run synth` or another script of package.json, or `npx node node_modules/podloom/bin/podloom.cjs`.\n'
      : '  help: Install a newer Node from https://nodejs.org, or put one into the project: `npm install --save-dev node@24`, and run podloom through npm scripts. A new project: `npx -p node@24 -p podloom podloom init`.\n',
  );
  process.exit(2);
}

// In the repository the sources run as they are; the package has lib/ only.
function entry() {
  var options = process.execArgv.join(' ') + ' ' + (process.env.NODE_OPTIONS || '');
  var built = path.join(root, 'lib', 'cli', 'start.js');
  var source = path.join(root, 'src', 'cli', 'start.ts');
  if (options.indexOf('podloom-source') !== -1 && fs.existsSync(source)) return source;
  if (fs.existsSync(built)) return built;
  if (!fs.existsSync(source)) throw new Error('podloom is not whole: ' + built + ' is missing');
  // Pipelines import `podloom`, which has to be this copy of it: the condition holds for the whole process.
  var result = require('child_process').spawnSync(
    process.execPath,
    process.execArgv.concat(['--conditions=podloom-source', __filename], process.argv.slice(2)),
    { stdio: 'inherit' },
  );
  process.exit(result.status === null ? 130 : result.status);
}

if (isOldNode()) refuse();
module_.enableCompileCache();
require(entry())
  .start()
  .catch((error) => {
    process.stderr.write('podloom has a bug, please report it: ' + ((error && error.stack) || error) + '\n');
    process.exit(70);
  });
