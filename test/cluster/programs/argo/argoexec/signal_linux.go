// Package osspecific is the part of argoexec that Argo's published Go module of version 3.7.4 lacks: it has the files
// signal_darwin.go and signal_windows.go of workflow/executor/osspecific, but not the one of Linux, so argoexec does not
// compile from it. The rig puts this file there (rig/argoexec.ts). It says what argoexec needs, in our own words.
package osspecific

import (
	"os"
	"syscall"

	"github.com/argoproj/argo-workflows/v3/util/errors"
)

// Term asks a process to end.
var Term = syscall.SIGTERM

// CanIgnoreSignal says which signals are not passed on: the one of a child that ended, and the one that Go preempts threads with.
func CanIgnoreSignal(s os.Signal) bool {
	return s == syscall.SIGCHLD || s == syscall.SIGURG
}

// Kill signals the process and all of its group.
func Kill(pid int, s syscall.Signal) error {
	group, err := syscall.Getpgid(pid)
	if err != nil {
		return syscall.Kill(pid, s)
	}
	return syscall.Kill(-group, s)
}

// Setpgid makes the process the first of a group of its own.
func Setpgid(a *syscall.SysProcAttr) {
	a.Setpgid = true
}

// Wait waits for the process, and collects orphans meanwhile, since argoexec is process 1 of its container. Without an ExitErr
// every step would end with 0.
func Wait(process *os.Process) error {
	pid := process.Pid
	if err := process.Release(); err != nil {
		return err
	}
	for {
		var status syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return err
		case ended != pid:
			continue
		case status.Signaled():
			return errors.NewExitErr(128 + int(status.Signal()))
		case status.Exited():
			return errors.NewExitErr(status.ExitStatus())
		}
	}
}
